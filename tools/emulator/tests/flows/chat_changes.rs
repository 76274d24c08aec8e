//! Changes of conversations, on the phone and on a client.

use emulator::{ChatChange, ChatInfo, Emulator, Label, Mute, Scanned};
use whatsapp_rust::prelude::*;

use crate::client::{TIMEOUT, TestClient, emulator};

/// A time far from now, in seconds.
const LATER: i64 = 4_000_000_000;

/// A client and a customer whose message it has.
struct Scene {
    emulator: Emulator,
    client: TestClient,
    me: Scanned,
    customer: String,
    chat: Jid,
    /// The id of the message.
    message: String,
}

async fn scene() -> Scene {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let message = emulator.send_text(&customer.number, &me.phone, "oi").await.unwrap();
    client.message().await;
    let chat = customer.lid.parse().unwrap();
    Scene { emulator, client, me, customer: customer.number, chat, message }
}

impl Scene {
    async fn change(&self, change: ChatChange) {
        self.emulator.change_chat(&self.me.phone, &self.customer, &change).await.unwrap();
    }

    /// Waits until the chat on the phone is as a predicate has it.
    async fn until(&self, predicate: impl Fn(&ChatInfo) -> bool) {
        let is_it = |chat: &&ChatInfo| chat.with == self.customer;
        self.emulator
            .until_phone(&self.me.phone, TIMEOUT, |phone| {
                phone.chats.iter().find(is_it).is_some_and(&predicate)
            })
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_phone_changes_reaches_the_client() {
    let scene = scene().await;
    let Scene { client, message, .. } = &scene;
    scene.change(ChatChange::Archive(true)).await;
    let archived = client.event(|event| match event {
        Event::ArchiveUpdate(update) => Some((update.jid.clone(), update.action.archived)),
        _ => None,
    });
    assert_eq!(archived.await, (scene.chat.clone(), Some(true)));

    scene.change(ChatChange::Pin(true)).await;
    let pinned = client.event(|event| match event {
        Event::PinUpdate(update) => Some(update.action.pinned),
        _ => None,
    });
    assert_eq!(pinned.await, Some(true));

    scene.change(ChatChange::Mute(Mute::Until(LATER))).await;
    let muted = client.event(|event| match event {
        Event::MuteUpdate(update) => Some(update.action.mute_end_timestamp),
        _ => None,
    });
    assert_eq!(muted.await, Some(LATER * 1_000));

    scene.change(ChatChange::MarkUnread(true)).await;
    let read = client.event(|event| match event {
        Event::MarkChatAsReadUpdate(update) => Some(update.action.read),
        _ => None,
    });
    assert_eq!(read.await, Some(false));

    scene.change(ChatChange::Star { id: message.clone(), on: true }).await;
    let starred = client.event(|event| match event {
        Event::StarUpdate(update) => Some((update.message_id.clone(), update.action.starred)),
        _ => None,
    });
    assert_eq!(starred.await, (message.clone(), Some(true)));

    let label = Label { name: "Cliente".to_owned(), color: 3 };
    scene.emulator.edit_label(&scene.me.phone, "1", Some(label)).await.unwrap();
    scene.change(ChatChange::Label { label: "1".to_owned(), on: true }).await;
    let named = client.event(|event| match event {
        Event::LabelEditUpdate(update) => Some(update.action.name.clone()),
        _ => None,
    });
    assert_eq!(named.await.as_deref(), Some("Cliente"));
    let labelled = client.event(|event| match event {
        Event::LabelAssociationUpdate(update) => Some(update.action.labeled),
        _ => None,
    });
    assert_eq!(labelled.await, Some(true));
    scene
        .until(|chat| {
            let is_set = chat.archived && chat.pinned && chat.marked_unread;
            is_set && chat.muted_until == Some(LATER) && chat.labels == ["1"]
        })
        .await;

    scene.change(ChatChange::Clear { starred: false }).await;
    let cleared = client.event(|event| matches!(event, Event::ClearChatUpdate(_)).then_some(()));
    cleared.await;
    scene.until(|chat| chat.starred == [message.clone()]).await;
    scene.change(ChatChange::Delete).await;
    client.event(|event| matches!(event, Event::DeleteChatUpdate(_)).then_some(())).await;
    assert!(scene.emulator.phone_info(&scene.me.phone).await.unwrap().chats.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_client_changes_reaches_the_phone() {
    let scene = scene().await;
    let Scene { client, chat, message, .. } = &scene;
    let actions = client.client.chat_actions();
    actions.archive_chat(chat, None).await.unwrap();
    scene.until(|chat| chat.archived).await;
    actions.unarchive_chat(chat, None).await.unwrap();
    scene.until(|chat| !chat.archived).await;
    actions.pin_chat(chat).await.unwrap();
    scene.until(|chat| chat.pinned).await;
    actions.mute_chat(chat).await.unwrap();
    scene.until(|chat| chat.muted_until == Some(-1)).await;
    actions.mute_chat_until(chat, LATER * 1_000).await.unwrap();
    scene.until(|chat| chat.muted_until == Some(LATER)).await;
    actions.unmute_chat(chat).await.unwrap();
    scene.until(|chat| chat.muted_until.is_none()).await;
    actions.mark_chat_as_read(chat, false, None).await.unwrap();
    scene.until(|chat| chat.marked_unread).await;
    actions.mark_chat_as_read(chat, true, None).await.unwrap();
    scene.until(|chat| !chat.marked_unread && chat.unread == 0).await;
    actions.star_message(chat, None, message, false).await.unwrap();
    scene.until(|chat| chat.starred == [message.clone()]).await;
    client.client.labels().create_label("7", "Novo", 2).await.unwrap();
    client.client.labels().add_chat_label("7", chat).await.unwrap();
    scene.until(|chat| chat.labels == ["7"]).await;
    let phone = scene.emulator.phone_info(&scene.me.phone).await.unwrap();
    assert_eq!((phone.labels[0].name.as_str(), phone.labels[0].color), ("Novo", 2));

    let number: Jid = Jid::pn(scene.customer.as_str());
    actions.save_contact(&number, Some("Bia Lima".to_owned()), None, true).await.unwrap();
    scene.until(|chat| chat.name.as_deref() == Some("Bia Lima")).await;
    actions.delete_message_for_me(chat, None, message, false, true, None).await.unwrap();
    scene.until(|chat| chat.last.is_none()).await;
    actions.delete_chat(chat, true, None).await.unwrap();
    scene
        .emulator
        .until_phone(&scene.me.phone, TIMEOUT, |phone| phone.chats.is_empty())
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_client_changes_reaches_another() {
    let scene = scene().await;
    let (other, _) = TestClient::linked_to(&scene.emulator, &scene.me.phone).await;
    scene.client.client.chat_actions().pin_chat(&scene.chat).await.unwrap();
    let pinned = other.event(|event| match event {
        Event::PinUpdate(update) => Some((update.jid.clone(), update.action.pinned)),
        _ => None,
    });
    assert_eq!(pinned.await, (scene.chat.clone(), Some(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_was_away_gets_the_changes_when_it_is_back() {
    let Scene { emulator, client, me, customer, chat, .. } = scene().await;
    let stopped = client.stop().await;
    emulator.until_phone(&me.phone, TIMEOUT, |phone| !phone.devices[0].online).await.unwrap();
    emulator.change_chat(&me.phone, &customer, &ChatChange::Archive(true)).await.unwrap();
    let client = stopped.start(&emulator).await;
    let archived = client.event(|event| match event {
        Event::ArchiveUpdate(update) => Some((update.jid.clone(), update.action.archived)),
        _ => None,
    });
    assert_eq!(archived.await, (chat, Some(true)));
}
