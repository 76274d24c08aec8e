//! Changes of a group's conversation, on a phone and on its client.

use emulator::{ChatChange, ChatInfo, Mute};
use serde_json::json;
use whatsapp_rust::prelude::*;

use super::Trio;
use crate::client::{TIMEOUT, TestClient};
use crate::control_api::call;

/// Waits until the group is as a predicate has it, on Ana's phone.
async fn until(trio: &Trio, predicate: impl Fn(&ChatInfo) -> bool) {
    let is_it = |chat: &&ChatInfo| chat.with == trio.group;
    trio.emulator
        .until_phone(&trio.ana.me.phone, TIMEOUT, |phone| {
            phone.chats.iter().find(is_it).is_some_and(&predicate)
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn what_the_phone_changes_reaches_the_client() {
    let trio = Trio::new().await;
    let Trio { emulator, ana, caio, group, .. } = &trio;
    let id = emulator.send_text(caio, group, "oi").await.unwrap();
    ana.client.message().await;
    trio.chat(&ana.me.phone, 1).await;
    let path = format!("/phones/{}/chat", ana.me.phone);
    let change = json!({ "with": group, "archive": true, "pin": true, "mute": true });
    let (status, answer) = call(emulator, "POST", &path, change).await;
    assert_eq!(status, 200, "{answer}");
    // The settings are of several collections, which may come in any order.
    let mut changed = Vec::new();
    while changed.len() < 3 {
        let next = ana.client.event(|event| match event {
            Event::ArchiveUpdate(update) => Some(("archive", update.jid.clone())),
            Event::PinUpdate(update) => Some(("pin", update.jid.clone())),
            Event::MuteUpdate(update) => Some(("mute", update.jid.clone())),
            _ => None,
        });
        changed.push(next.await);
    }
    changed.sort_by_key(|(what, _)| *what);
    assert_eq!(changed, ["archive", "mute", "pin"].map(|what| (what, trio.jid())));
    until(&trio, |chat| chat.archived && chat.pinned && chat.muted_until == Some(-1)).await;

    let star = ChatChange::Star { id: id.clone(), on: true };
    emulator.change_chat(&ana.me.phone, group, &star).await.unwrap();
    let author = ana.client.event(|event| match event {
        Event::StarUpdate(update) if update.message_id == id => update.participant_jid.clone(),
        _ => None,
    });
    let author = author.await.to_string();
    assert_eq!(author, emulator.phone_info(caio).await.unwrap().lid);

    let unread = ChatChange::MarkUnread(true);
    emulator.change_chat(&ana.me.phone, group, &unread).await.unwrap();
    until(&trio, |chat| chat.marked_unread).await;
    emulator.read(&ana.me.phone, group).await.unwrap();
    let read = ana.client.event(|event| match event {
        Event::MarkChatAsReadUpdate(update) => update.action.read.filter(|read| *read),
        _ => None,
    });
    assert!(read.await);
    until(&trio, |chat| !chat.marked_unread && chat.unread == 0).await;
}

#[tokio::test]
async fn what_the_client_changes_reaches_the_phone() {
    let trio = Trio::new().await;
    let Trio { emulator, ana, caio, group, .. } = &trio;
    let id = emulator.send_text(caio, group, "oi").await.unwrap();
    let author = ana.client.message().await.info.source.sender.to_non_ad();
    trio.chat(&ana.me.phone, 1).await;
    let actions = ana.client.client.chat_actions();
    let chat = &trio.jid();
    actions.archive_chat(chat, None).await.unwrap();
    until(&trio, |chat| chat.archived).await;
    actions.pin_chat(chat).await.unwrap();
    until(&trio, |chat| chat.pinned).await;
    actions.mute_chat(chat).await.unwrap();
    until(&trio, |chat| chat.muted_until == Some(-1)).await;
    actions.star_message(chat, Some(&author), &id, false).await.unwrap();
    until(&trio, |chat| chat.starred == [id.clone()]).await;
}

#[tokio::test]
async fn a_chat_of_no_group_and_a_blocked_group_are_refused() {
    let trio = Trio::new().await;
    let Trio { emulator, caio, group, .. } = &trio;
    let mute = ChatChange::Mute(Mute::Forever);
    assert!(emulator.change_chat(caio, "1@g.us", &mute).await.is_err());
    assert!(emulator.block(caio, group, true).await.is_err());
}

#[tokio::test]
async fn a_device_linked_later_gets_the_group_with_its_members() {
    let trio = Trio::new().await;
    let Trio { emulator, ana, caio, group, .. } = &trio;
    ana.client.send(group, "oi").await;
    trio.chat(caio, 1).await;
    let client = TestClient::new(emulator).await;
    let qr = client.qr().await;
    emulator.scan_with(caio, &qr).await.unwrap();
    let chat = client.event(|event| match event {
        Event::HistorySync(history) => {
            let sync = history.get().unwrap();
            sync.conversations.iter().find(|chat| chat.id == *group).cloned()
        }
        _ => None,
    });
    let chat = chat.await;
    assert_eq!((chat.name.as_deref(), chat.participant.len()), (Some("Trio"), 3));
    let key = &chat.messages[0].message.key;
    let lid = emulator.phone_info(&ana.me.phone).await.unwrap().lid;
    assert_eq!((key.from_me, key.participant.as_deref()), (Some(false), Some(lid.as_str())));
}
