//! Delivered and read, in both directions.

use emulator::MessageStatus;
use serde_json::json;
use whatsapp_rust::prelude::*;
use whatsapp_rust::wacore::types::presence::ReceiptType;

use crate::client::{TIMEOUT, TestClient, emulator};
use crate::control_api::call;

/// Waits for a receipt of the given type. Returns the ids in it.
async fn receipt(client: &TestClient, kind: ReceiptType) -> Vec<String> {
    client
        .event(|event| match event {
            Event::Receipt(receipt) if receipt.r#type == kind => Some(receipt.message_ids.clone()),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn a_client_learns_that_its_message_was_delivered_and_read() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();

    let id = client.send(&customer.jid, "chegou?").await;
    let acknowledged = client
        .event(|event| match event {
            Event::ServerAck(ack) if ack.class.as_deref() == Some("message") => {
                Some((ack.id.clone(), ack.error.clone()))
            }
            _ => None,
        })
        .await;
    assert_eq!(acknowledged, (id.clone(), None));
    assert_eq!(receipt(&client, ReceiptType::Delivered).await, [id.as_str()]);

    assert_eq!(emulator.read(&customer.number, &me.phone).await.unwrap(), 1);
    assert_eq!(receipt(&client, ReceiptType::Read).await, [id.as_str()]);

    // The account's phone shows the same ticks.
    emulator
        .until(&me.phone, &customer.number, TIMEOUT, |chat| {
            chat.iter().any(|message| message.id == id && message.status == MessageStatus::Read)
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_customer_learns_that_the_client_read() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();

    let id = emulator.send_text(&customer.number, &me.phone, "viu?").await.unwrap();
    let received = client.message().await;
    let delivered = |status| {
        let id = id.clone();
        move |chat: &[emulator::PhoneMessage]| {
            chat.iter().any(|message| message.id == id && message.status >= status)
        }
    };
    emulator
        .until(&customer.number, &me.phone, TIMEOUT, delivered(MessageStatus::Delivered))
        .await
        .unwrap();

    let chat = received.info.source.chat.clone();
    client.client.mark_as_read(&chat, None, &[&id]).await.unwrap();
    emulator
        .until(&customer.number, &me.phone, TIMEOUT, delivered(MessageStatus::Read))
        .await
        .unwrap();
    // Reading on the client marks the chat as read on the phone.
    emulator
        .until_phone(&me.phone, TIMEOUT, |phone| phone.chats.iter().all(|chat| chat.unread == 0))
        .await
        .unwrap();
}

#[tokio::test]
async fn reading_on_the_phone_tells_its_client() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let id = emulator.send_text(&customer.number, &me.phone, "oi").await.unwrap();
    client.message().await;
    emulator.until(&me.phone, &customer.number, TIMEOUT, |chat| chat.len() == 1).await.unwrap();
    emulator.read(&me.phone, &customer.number).await.unwrap();
    assert_eq!(receipt(&client, ReceiptType::Read).await, [id]);
}

#[tokio::test]
async fn a_phone_without_a_network_sends_its_receipt_when_it_is_back() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    emulator.network(&customer.number, false).await.unwrap();
    let id = client.send(&customer.jid, "chegou?").await;
    assert_eq!(client.accepted().await, id);
    assert!(emulator.messages(&customer.number, &me.phone).await.unwrap().is_empty());

    emulator.network(&customer.number, true).await.unwrap();
    assert_eq!(receipt(&client, ReceiptType::Delivered).await, [id]);
}

#[tokio::test]
async fn a_mock_phone_sends_no_receipts_while_its_client_is_away() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let other = TestClient::new(&emulator).await;
    let qr = json!(other.qr().await);
    let (_, scanned) = call(&emulator, "POST", "/admin/mock-phone/scan-qr", qr).await;
    other.connected().await;
    let phone = scanned["phone"].as_str().unwrap();
    let stopped = other.stop().await;
    emulator.until_phone(phone, TIMEOUT, |phone| !phone.devices[0].online).await.unwrap();

    let id = client.send(&format!("{phone}@s.whatsapp.net"), "chegou?").await;
    assert_eq!(client.accepted().await, id);
    emulator.until(phone, &me.phone, TIMEOUT, |chat| chat.len() == 1).await.unwrap();
    let own = emulator.until(&me.phone, phone, TIMEOUT, |chat| chat.len() == 1).await.unwrap();
    assert_eq!(own[0].status, MessageStatus::Sent);

    let _other = stopped.start(&emulator).await;
    assert_eq!(receipt(&client, ReceiptType::Delivered).await, [id]);
}
