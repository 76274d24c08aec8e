//! Messages that cannot be decrypted at first.

use emulator::{Emulator, FaultKind, FaultRequest, MessageKind};
use whatsapp_rust::prelude::Event;

use crate::client::{TIMEOUT, TestClient, emulator, text};

/// Flips a bit of the next message to a device, whose phone does not give it the message.
async fn garble(emulator: &Emulator, device: &str) {
    for kind in [FaultKind::Corrupt, FaultKind::PhoneAsleep] {
        emulator.fault(FaultRequest::new(kind).on(device)).await.unwrap();
    }
}

#[tokio::test]
async fn a_client_asks_a_phone_again() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    garble(&emulator, &me.jid).await;
    let id = emulator.send_text(&customer.number, &me.phone, "ilegível").await.unwrap();
    let received = client.message().await;
    assert_eq!(received.info.id, id);
    assert_eq!(text(&received), "ilegível");
}

#[tokio::test]
async fn a_client_asks_its_own_phone_which_may_be_asleep() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let mut received = Vec::new();
    for text in ["um", "dois"] {
        emulator.send_text(&customer.number, &me.phone, text).await.unwrap();
        received.push(client.message().await);
    }
    emulator.until(&me.phone, &customer.number, TIMEOUT, |chat| chat.len() == 2).await.unwrap();

    emulator.fault(FaultRequest::new(FaultKind::PhoneAsleep).on(&me.jid)).await.unwrap();
    for message in &received {
        client.client.send_pdo_placeholder_resend_request(&message.info).await.unwrap();
    }
    let answer = client
        .event(|event| match event {
            Event::Messages(batch) => {
                batch.iter().find(|one| one.info.unavailable_request_id.is_some()).cloned()
            }
            _ => None,
        })
        .await;
    assert_eq!((&answer.info.id, text(&answer)), (&received[1].info.id, "dois"));
    assert_eq!(answer.info.source.chat, received[1].info.source.chat);
}

#[tokio::test]
async fn a_phone_asks_a_client_again() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    client.send(&customer.jid, "primeira").await;
    emulator.until(&customer.number, &me.phone, TIMEOUT, |chat| chat.len() == 1).await.unwrap();

    emulator.fault(FaultRequest::new(FaultKind::SessionLoss).on(&customer.number)).await.unwrap();
    let id = client.send(&customer.jid, "segunda").await;
    let chat = emulator
        .until(&customer.number, &me.phone, TIMEOUT, |chat| {
            chat.iter()
                .any(|message| message.id == id && message.kind != MessageKind::Undecryptable)
        })
        .await
        .unwrap();
    assert_eq!(chat[1].text.as_deref(), Some("segunda"));
}

#[tokio::test]
async fn a_client_asks_another_client_again() {
    let emulator = emulator().await;
    let (ana, _) = TestClient::linked(&emulator).await;
    let (bia, bia_device) = TestClient::linked(&emulator).await;
    garble(&emulator, &bia_device.jid).await;
    let to = emulator.phone_info(&bia_device.phone).await.unwrap().jid;
    let id = ana.send(&to, "de novo").await;
    let received = bia.message().await;
    assert_eq!((received.info.id.as_str(), text(&received)), (id.as_str(), "de novo"));
}

#[tokio::test]
async fn a_phone_asks_a_phone_again() {
    let emulator = emulator().await;
    let ana = emulator.new_phone(None, None).await.unwrap().number;
    let bia = emulator.new_phone(None, None).await.unwrap().number;
    emulator.send_text(&ana, &bia, "primeira").await.unwrap();
    emulator.until(&bia, &ana, TIMEOUT, |chat| chat.len() == 1).await.unwrap();

    emulator.fault(FaultRequest::new(FaultKind::SessionLoss).on(&bia)).await.unwrap();
    let id = emulator.send_text(&ana, &bia, "segunda").await.unwrap();
    let chat = emulator
        .until(&bia, &ana, TIMEOUT, |chat| {
            chat.iter().any(|message| message.id == id && message.kind == MessageKind::Text)
        })
        .await
        .unwrap();
    assert_eq!(chat[1].text.as_deref(), Some("segunda"));
}
