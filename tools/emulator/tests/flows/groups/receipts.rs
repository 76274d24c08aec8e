//! Receipts of members.

use emulator::{Addressing, MessageStatus, PhoneMessage};
use whatsapp_rust::prelude::*;
use whatsapp_rust::wacore::types::presence::ReceiptType;

use super::{Member, Trio};
use crate::client::TIMEOUT;

/// Waits for a receipt of this type of a member, by the user part of the address.
async fn receipt(of: &Member, kind: ReceiptType, from: &str) -> Vec<String> {
    let user = |jid: &Jid| jid.user.as_str() == from;
    of.client
        .event(|event| match event {
            Event::Receipt(receipt) if receipt.r#type == kind && user(&receipt.source.sender) => {
                Some(receipt.message_ids.clone())
            }
            _ => None,
        })
        .await
}

/// The user part of a number's address in a group.
async fn user(trio: &Trio, number: &str, addressing: Addressing) -> String {
    let phone = trio.emulator.phone_info(number).await.unwrap();
    let jid = match addressing {
        Addressing::Lid => phone.lid,
        Addressing::Pn => phone.jid,
    };
    jid.parse::<Jid>().unwrap().user.to_string()
}

#[tokio::test]
async fn the_author_learns_who_has_and_who_has_read() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let trio = Trio::addressed(addressing).await;
        let Trio { emulator, ana, bia, caio, group } = &trio;
        let [bia_user, caio_user] =
            [user(&trio, &bia.me.phone, addressing).await, user(&trio, caio, addressing).await];
        let id = ana.client.send(group, "Quem leu?").await;
        let received = bia.client.message().await;
        trio.chat(&bia.me.phone, 1).await;
        trio.chat(caio, 1).await;
        let is = |status: MessageStatus| {
            move |chat: &[PhoneMessage]| chat.iter().any(|row| row.status == status)
        };
        let there = is(MessageStatus::Delivered);
        emulator.until(&ana.me.phone, group, TIMEOUT, there).await.unwrap();

        assert_eq!(emulator.read(caio, group).await.unwrap(), 1);
        assert_eq!(receipt(ana, ReceiptType::Read, &caio_user).await, [id.as_str()]);
        // One of two has read it.
        let has_read =
            |chat: &[PhoneMessage]| chat[0].receipts.get(caio) == Some(&MessageStatus::Read);
        let chat = emulator.until(&ana.me.phone, group, TIMEOUT, has_read).await.unwrap();
        assert_eq!(chat[0].status, MessageStatus::Delivered);
        let source = &received.info.source;
        let ids = [id.as_str()];
        bia.client.client.mark_as_read(&source.chat, Some(&source.sender), &ids).await.unwrap();
        assert_eq!(receipt(ana, ReceiptType::Read, &bia_user).await, [id.as_str()]);
        let everybody = is(MessageStatus::Read);
        emulator.until(&ana.me.phone, group, TIMEOUT, everybody).await.unwrap();
        // The reader's own phone has no unread message any more.
        let is_read = |phone: &emulator::PhoneInfo| phone.chats.iter().all(|chat| chat.unread == 0);
        emulator.until_phone(&bia.me.phone, TIMEOUT, is_read).await.unwrap();
    }
}

#[tokio::test]
async fn a_phone_learns_the_same_of_its_messages() {
    let trio = Trio::new().await;
    let Trio { emulator, ana, bia, caio, group } = &trio;
    let mut ids = [
        emulator.send_text(caio, group, "um").await.unwrap(),
        emulator.send_text(caio, group, "dois").await.unwrap(),
    ];
    assert_eq!(ana.client.texts(2).await, ["um", "dois"]);
    assert_eq!(bia.client.texts(2).await, ["um", "dois"]);
    trio.chat(&bia.me.phone, 2).await;
    for phone in [&ana.me.phone, &bia.me.phone] {
        trio.chat(phone, 2).await;
        assert_eq!(emulator.read(phone, group).await.unwrap(), 2);
    }
    // Reading on a phone is seen by its own client too, under the address of its user.
    let own: Jid = bia.me.lid.parse().unwrap();
    let mut read = receipt(bia, ReceiptType::Read, &own.user).await;
    read.sort();
    ids.sort();
    assert_eq!(read, ids);
    let is_read = |chat: &[PhoneMessage]| chat.iter().all(|row| row.status == MessageStatus::Read);
    let chat = emulator.until(caio, group, TIMEOUT, is_read).await.unwrap();
    assert!(chat.iter().all(|row| row.receipts.len() == 2));
}
