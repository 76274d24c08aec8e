//! What happens in a group while a member is away.

use emulator::{MembersChange, MessageStatus, NewGroup};
use whatsapp_rust::prelude::*;

use super::Trio;
use crate::client::{TIMEOUT, TestClient};

#[tokio::test]
async fn who_was_away_gets_everything_in_order() {
    let trio = Trio::new().await;
    let (davi, me) = TestClient::linked(&trio.emulator).await;
    let Trio { emulator, ana, bia, caio, group } = trio;
    let stopped = bia.client.stop().await;
    let is_away = |phone: &emulator::PhoneInfo| !phone.devices[0].online;
    emulator.until_phone(&bia.me.phone, TIMEOUT, is_away).await.unwrap();

    let mut expected = Vec::new();
    for number in 0..10 {
        let text = format!("Ana {number}");
        ana.client.send(&group, &text).await;
        ana.client.accepted().await;
        expected.push(text);
    }
    let add = MembersChange { add: vec![me.phone.clone()], ..MembersChange::default() };
    emulator.change_members(&group, &add).await.unwrap();
    for number in 0..10 {
        let text = format!("Caio {number}");
        emulator.send_text(&caio, &group, &text).await.unwrap();
        expected.push(text);
    }
    assert_eq!(davi.texts(10).await, expected[10..]);

    let bia_back = stopped.start(&emulator).await;
    let mut texts = Vec::new();
    let mut was_told = false;
    while texts.len() < expected.len() || !was_told {
        let (more, told) = bia_back
            .event(|event| match event {
                Event::Messages(batch) => {
                    let texts = batch.iter().map(|one| crate::client::text(one).to_owned());
                    Some((texts.collect::<Vec<_>>(), false))
                }
                Event::GroupUpdate(_) => Some((Vec::new(), true)),
                _ => None,
            })
            .await;
        texts.extend(more);
        was_told |= told;
    }
    assert_eq!(texts, expected);
    // Who came meanwhile gets the answer of who was away.
    bia_back.send(&group, "Voltei").await;
    assert_eq!(davi.texts(1).await, ["Voltei"]);
    let is_empty = |phone: &emulator::PhoneInfo| phone.devices[0].queued == 0;
    emulator.until_phone(&bia.me.phone, TIMEOUT, is_empty).await.unwrap();
}

#[tokio::test]
async fn a_phone_without_a_network_reads_later() {
    let trio = Trio::new().await;
    let Trio { emulator, ana, bia, caio, group } = &trio;
    emulator.network(caio, false).await.unwrap();
    let id = ana.client.send(group, "chegou?").await;
    assert_eq!(bia.client.texts(1).await, ["chegou?"]);
    let own = trio.chat(&ana.me.phone, 1).await;
    assert_eq!((own[0].id.as_str(), own[0].status), (id.as_str(), MessageStatus::Sent));
    emulator.network(caio, true).await.unwrap();
    assert_eq!(trio.texts(caio, 1).await, ["chegou?"]);
    let is_delivered = |chat: &[emulator::PhoneMessage]| chat[0].status == MessageStatus::Delivered;
    emulator.until(&ana.me.phone, group, TIMEOUT, is_delivered).await.unwrap();
}

#[tokio::test]
async fn a_group_of_one_may_write_to_itself() {
    let emulator = crate::client::emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let group = emulator.make_group(NewGroup::new(&me.phone, "Só eu", [])).await.unwrap().jid;
    emulator.send_text(&me.phone, &group, "nota").await.unwrap();
    assert_eq!(client.texts(1).await, ["nota"]);
    client.send(&group, "outra").await;
    let there = |chat: &[emulator::PhoneMessage]| chat.len() == 2;
    let chat = emulator.until(&me.phone, &group, TIMEOUT, there).await.unwrap();
    assert!(chat.iter().all(|row| row.from_me));
}
