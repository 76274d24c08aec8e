//! Messages that arrive while a client is away.

use std::collections::HashSet;

use emulator::{Config, Emulator, FaultKind, FaultRequest, PhoneInfo, Scanned};

use crate::client::{Stopped, TIMEOUT, TestClient, emulator, text};

/// More than one batch of the library (200) and than the initial batch of the server.
const MANY: usize = 450;

/// A client that is away, its account, and the [`MANY`] texts that a customer sent it meanwhile.
async fn backlog(emulator: &Emulator) -> (Stopped, Scanned, PhoneInfo, Vec<String>) {
    let (client, me) = TestClient::linked(emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let stopped = client.stop().await;
    emulator.until_phone(&me.phone, TIMEOUT, |phone| !phone.devices[0].online).await.unwrap();
    let texts: Vec<String> = (0..MANY).map(|n| format!("mensagem {n}")).collect();
    for text in &texts {
        emulator.send_text(&customer.number, &me.phone, text).await.unwrap();
    }
    (stopped, me, customer, texts)
}

#[tokio::test]
async fn a_backlog_is_delivered_in_order_when_the_client_returns() {
    let emulator = emulator().await;
    let (stopped, me, _, expected) = backlog(&emulator).await;
    let client = stopped.start(&emulator).await;
    assert_eq!(client.texts(MANY).await, expected);
    // Receipts empty the queue.
    emulator.until_phone(&me.phone, TIMEOUT, |phone| phone.devices[0].queued == 0).await.unwrap();
}

#[tokio::test]
async fn a_message_lost_on_the_way_comes_again() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();

    emulator.fault(FaultRequest::new(FaultKind::DropFrame).on(&me.jid)).await.unwrap();
    emulator.send_text(&customer.number, &me.phone, "perdida").await.unwrap();
    emulator.send_text(&customer.number, &me.phone, "chegou").await.unwrap();
    assert_eq!(text(&client.message().await), "chegou");

    emulator.fault(FaultRequest::new(FaultKind::Drop).on(&me.jid)).await.unwrap();
    assert_eq!(text(&client.message().await), "perdida");
}

#[tokio::test]
async fn a_duplicate_shows_once() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    emulator.fault(FaultRequest::new(FaultKind::Duplicate)).await.unwrap();
    for text in ["primeira", "segunda"] {
        emulator.send_text(&customer.number, &me.phone, text).await.unwrap();
    }
    let seen: HashSet<String> = client.texts(2).await.into_iter().collect();
    assert_eq!(seen.len(), 2);
}

#[tokio::test]
async fn a_restarted_emulator_still_has_what_was_not_delivered() {
    let state = tempfile::tempdir().unwrap();
    let config = || Config { state: Some(state.path().to_owned()), ..Config::default() };
    let emulator = Emulator::start(config()).await.unwrap();
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, Some("Bia")).await.unwrap();
    let stopped = client.stop().await;
    emulator.until_phone(&me.phone, TIMEOUT, |phone| !phone.devices[0].online).await.unwrap();
    emulator.send_text(&customer.number, &me.phone, "antes da queda").await.unwrap();
    emulator.stop().await.unwrap();

    let emulator = Emulator::start(config()).await.unwrap();
    let client = stopped.start(&emulator).await;
    assert_eq!(text(&client.message().await), "antes da queda");
    // The server's key is the same, so the client could resume.
    assert_eq!(emulator.stats().resumed, 1);
    client.send(&customer.jid, "depois").await;
    let chat =
        emulator.until(&customer.number, &me.phone, TIMEOUT, |chat| chat.len() == 2).await.unwrap();
    assert_eq!(chat[1].text.as_deref(), Some("depois"));
}

/// A Baileys client requests one batch of its backlog, and whatsmeow none.
#[tokio::test]
async fn a_client_that_asks_for_one_batch_gets_everything_once() {
    let emulator = emulator().await;
    let (stopped, me, customer, expected) = backlog(&emulator).await;

    let lost_batches =
        FaultRequest { count: Some(1000), ..FaultRequest::new(FaultKind::BatchLost).on(&me.jid) };
    emulator.fault(lost_batches).await.unwrap();
    let client = stopped.start(&emulator).await;
    // There is no further one: a copy would arrive before the message sent afterwards.
    let mut seen = client.texts(MANY).await;
    emulator.send_text(&customer.number, &me.phone, "depois").await.unwrap();
    seen.extend(client.texts(1).await);
    let expected: Vec<String> = expected.into_iter().chain(["depois".to_owned()]).collect();
    assert_eq!(seen, expected);
    emulator.until_phone(&me.phone, TIMEOUT, |phone| phone.devices[0].queued == 0).await.unwrap();
}
