//! What a phone syncs to devices that are linked later.

use std::collections::HashSet;

use emulator::{Emulator, HistoryKind, NewHistory};
use whatsapp_rust::prelude::*;
use whatsapp_rust::waproto::whatsapp::conversation::EndOfHistoryTransferType as End;
use whatsapp_rust::waproto::whatsapp::message::HistorySyncType as Kind;

use crate::client::{TIMEOUT, TestClient, emulator};
use crate::control_api::call;

/// A part as a client gets it.
struct Part {
    kind: i32,
    order: u32,
    progress: u32,
    sync: wa::HistorySync,
}

impl Part {
    fn is(&self, kind: Kind) -> bool {
        self.kind == kind as i32
    }

    fn is_last(&self, kind: Kind) -> bool {
        self.is(kind) && self.progress == 100
    }

    fn messages(&self) -> impl Iterator<Item = &wa::WebMessageInfo> {
        let chats = self.sync.conversations.iter();
        chats.flat_map(|chat| chat.messages.iter()).map(|listed| &*listed.message)
    }
}

async fn part(client: &TestClient) -> Part {
    client
        .event(|event| match event {
            Event::HistorySync(history) => Some(Part {
                kind: history.sync_type(),
                order: history.chunk_order().unwrap(),
                progress: history.progress().unwrap(),
                sync: history.get().unwrap().clone(),
            }),
            _ => None,
        })
        .await
}

/// The kinds of parts in the order in which a phone sends them.
const KINDS: [Kind; 5] =
    [Kind::INITIAL_BOOTSTRAP, Kind::PUSH_NAME, Kind::NON_BLOCKING_DATA, Kind::RECENT, Kind::FULL];

/// All parts up to the last one of a kind, in the order in which the phone sent them. The client
/// downloads several at a time, so they are known in any order.
async fn parts(client: &TestClient, last: Kind) -> Vec<Part> {
    let place = |kind: i32| KINDS.iter().position(|known| *known as i32 == kind).unwrap();
    let kinds = &KINDS[..=place(last as i32)];
    let mut parts = Vec::<Part>::new();
    while !kinds.iter().all(|kind| is_whole(&parts, *kind)) {
        parts.push(part(client).await);
    }
    parts.sort_by_key(|part| (place(part.kind), part.order));
    parts
}

fn is_whole(parts: &[Part], kind: Kind) -> bool {
    let last = parts.iter().find(|part| part.is_last(kind));
    last.is_some_and(|last| {
        parts.iter().filter(|part| part.is(kind)).count() >= last.order as usize
    })
}

/// Links a client to a phone. Its events are not waited for.
async fn link(emulator: &Emulator, client: &TestClient, number: &str) {
    let qr = client.qr().await;
    emulator.scan_with(number, &qr).await.unwrap();
}

fn ids<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Vec<String> {
    let messages = parts.into_iter().flat_map(Part::messages);
    messages.map(|message| message.key.id.clone().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn chats_and_names_come_before_older_messages() {
    let emulator = emulator().await;
    let phone = emulator.new_phone(None, None).await.unwrap().number;
    let new = NewHistory {
        chats: 3,
        messages_per_chat: 4,
        pinned: Some(1),
        muted: Some(1),
        archived: Some(1),
        unread: Some(1),
        contacts: Some(2),
        ..NewHistory::default()
    };
    let made = emulator.make_history(&phone, new).await.unwrap();
    assert_eq!((made.chats, made.messages), (3, 12));
    let client = TestClient::new(&emulator).await;
    link(&emulator, &client, &phone).await;

    let parts = parts(&client, Kind::RECENT).await;
    let kinds: Vec<i32> = parts.iter().map(|part| part.kind).collect();
    let expected = [
        Kind::INITIAL_BOOTSTRAP,
        Kind::PUSH_NAME,
        Kind::NON_BLOCKING_DATA,
        Kind::RECENT,
        Kind::RECENT,
    ];
    assert_eq!(kinds, expected.map(|kind| kind as i32));

    let chats = &parts[0].sync.conversations;
    assert!(chats.iter().all(|chat| chat.messages.len() == 1));
    assert!(chats[0].pinned.is_some() && chats[0].unread_count == Some(1));
    assert!(chats[1].mute_end_time.is_some() && chats[1].name.is_some());
    assert!(chats[2].archived == Some(true) && chats[2].name.is_none());
    assert_eq!(parts[0].sync.phone_number_to_lid_mappings.len(), 3);
    assert_eq!(parts[1].sync.pushnames.len(), 3);
    let ids = ids(&parts);
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 12);
    assert_eq!(ids.len(), 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_history_comes_in_parts_with_progress() {
    let emulator = emulator().await;
    let phone = emulator.new_phone(None, None).await.unwrap().number;
    let new = NewHistory {
        chats: 30,
        messages_per_chat: 200,
        kinds: Some(vec![HistoryKind::Text, HistoryKind::Image]),
        ..NewHistory::default()
    };
    emulator.make_history(&phone, new).await.unwrap();
    let client = TestClient::new(&emulator).await;
    link(&emulator, &client, &phone).await;

    let parts = parts(&client, Kind::RECENT).await;
    let recent: Vec<&Part> = parts.iter().filter(|part| part.is(Kind::RECENT)).collect();
    assert_eq!(recent.iter().map(|part| part.order).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert!(recent.is_sorted_by(|one, next| one.progress < next.progress));
    let ids = ids(&parts);
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 6_000);
    assert_eq!(ids.len(), 6_000);

    let image = parts
        .iter()
        .flat_map(Part::messages)
        .find_map(|info| info.message.image_message.as_option().cloned());
    let file = client.client.download(&image.unwrap()).await.unwrap();
    assert_eq!(file[..2], [0xFF, 0xD8]);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_messages_follow_for_a_client_that_wants_all() {
    let emulator = emulator().await;
    let phone = emulator.new_phone(None, None).await.unwrap().number;
    let new =
        NewHistory { chats: 1, messages_per_chat: 40, days: Some(360), ..NewHistory::default() };
    emulator.make_history(&phone, new).await.unwrap();
    let client = TestClient::with_full_history(&emulator).await;
    link(&emulator, &client, &phone).await;
    let parts = parts(&client, Kind::FULL).await;
    assert_eq!(ids(parts.iter().filter(|part| part.is(Kind::FULL))).len(), 30);
    assert_eq!(ids(&parts).len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_asks_for_older_messages_until_there_are_none() {
    let emulator = emulator().await;
    let phone = emulator.new_phone(None, None).await.unwrap().number;
    let new =
        NewHistory { chats: 1, messages_per_chat: 40, days: Some(360), ..NewHistory::default() };
    emulator.make_history(&phone, new).await.unwrap();
    let client = TestClient::new(&emulator).await;
    link(&emulator, &client, &phone).await;
    let synced = parts(&client, Kind::RECENT).await;
    let mut known = ids(&synced);
    assert_eq!(known.len(), 10);
    let last = synced.iter().flat_map(Part::messages).last().unwrap();
    let (mut key, mut time) = (last.key.clone(), last.message_timestamp.unwrap());
    let chat: Jid = synced[0].sync.conversations[0].id.parse().unwrap();

    loop {
        let id = key.id.clone().unwrap();
        let (is_own, ms) = (key.from_me.unwrap(), i64::try_from(time).unwrap() * 1_000);
        client.client.fetch_message_history(&chat, &id, is_own, ms, 20).await.unwrap();
        let answer = part(&client).await;
        assert!(answer.is(Kind::ON_DEMAND));
        known.extend(ids([&answer]));
        let oldest = answer.messages().last().unwrap();
        (key, time) = (oldest.key.clone(), oldest.message_timestamp.unwrap());
        let why = answer.sync.conversations[0].end_of_history_transfer_type;
        if why == Some(End::COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY) {
            break;
        }
    }
    assert_eq!(known.iter().collect::<HashSet<_>>().len(), 40);
    assert_eq!(known.len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_client_gets_the_chats_of_the_phone() {
    let emulator = emulator().await;
    let phone = emulator.new_phone(None, None).await.unwrap();
    let customer = emulator.new_phone(None, Some("Bia")).await.unwrap();
    let first = emulator.send_text(&customer.number, &phone.number, "um").await.unwrap();
    emulator.send_text(&customer.number, &phone.number, "dois").await.unwrap();
    emulator.until(&phone.number, &customer.number, TIMEOUT, |chat| chat.len() == 2).await.unwrap();
    emulator.react(&phone.number, &customer.number, &first, "👍").await.unwrap();

    let client = TestClient::new(&emulator).await;
    link(&emulator, &client, &phone.number).await;
    let parts = parts(&client, Kind::RECENT).await;
    let chat = &parts[0].sync.conversations[0];
    assert_eq!((chat.id.as_str(), chat.unread_count), (customer.lid.as_str(), Some(2)));
    assert_eq!(chat.pn_jid.as_deref(), Some(customer.jid.as_str()));
    assert_eq!(parts[1].sync.pushnames[0].pushname.as_deref(), Some("Bia"));
    let messages: Vec<_> = parts.iter().flat_map(Part::messages).collect();
    let texts: Vec<_> = messages.iter().map(|info| info.message.text_content()).collect();
    assert_eq!(texts, [Some("dois"), Some("um")]);
    assert_eq!(messages[1].reactions[0].text.as_deref(), Some("👍"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_was_interrupted_goes_on() {
    let emulator = emulator().await;
    let phone = emulator.new_phone(None, None).await.unwrap().number;
    let new = NewHistory { chats: 100, messages_per_chat: 200, ..NewHistory::default() };
    emulator.make_history(&phone, new).await.unwrap();
    let client = TestClient::new(&emulator).await;
    link(&emulator, &client, &phone).await;
    while !part(&client).await.is(Kind::RECENT) {}
    // Without a network the phone sends no more than what is under way.
    emulator.network(&phone, false).await.unwrap();
    let stopped = client.stop().await;
    emulator.network(&phone, true).await.unwrap();
    let client = stopped.start(&emulator).await;
    loop {
        let rest = part(&client).await;
        assert!(!rest.is(Kind::INITIAL_BOOTSTRAP));
        if rest.is_last(Kind::RECENT) {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_that_does_not_fit_is_refused() {
    let emulator = emulator().await;
    let phone = emulator.new_phone(None, None).await.unwrap().number;
    let path = format!("/phones/{phone}/history");
    let new = serde_json::json!({ "chats": 2, "messages_per_chat": 1, "pinned": 3 });
    let (status, body) = call(&emulator, "POST", &path, new).await;
    assert_eq!(status, 400);
    assert!(body["error"].as_str().unwrap().starts_with("pinned"));
    let new = serde_json::json!({ "chats": 2, "messages_per_chat": 1, "colour": 3 });
    let (status, body) = call(&emulator, "POST", &path, new).await;
    assert_eq!(status, 400);
    assert!(body["error"].as_str().unwrap().contains("colour"));
}
