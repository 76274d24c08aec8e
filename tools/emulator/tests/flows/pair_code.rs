//! Linking with the eight characters a client shows.

use emulator::ControlError;
use whatsapp_rust::prelude::*;

use crate::client::{TIMEOUT, TestClient, emulator, text};

const NUMBER: &str = "5561999990001";

async fn code(client: &TestClient) -> String {
    client
        .event(|event| match event {
            Event::PairingCode(code) => Some(code.code.clone()),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn a_code_typed_on_the_phone_links_the_client() {
    let emulator = emulator().await;
    emulator.new_phone(Some(NUMBER), Some("Ana")).await.unwrap();
    let client = TestClient::with_pair_code(&emulator, NUMBER).await;

    let code = code(&client).await;
    let scanned = emulator.enter_pair_code(NUMBER, &code).await.unwrap();
    client.connected().await;

    assert_eq!(scanned.phone, NUMBER);
    assert_eq!(client.client.pn().unwrap().to_string(), scanned.jid);
    let customer = emulator.new_phone(None, None).await.unwrap();
    client.send(&customer.jid, "por código").await;
    let chat =
        emulator.until(&customer.number, NUMBER, TIMEOUT, |chat| chat.len() == 1).await.unwrap();
    assert_eq!(chat[0].text.as_deref(), Some("por código"));
}

#[tokio::test]
async fn a_wrong_code_links_nothing() {
    let emulator = emulator().await;
    emulator.new_phone(Some(NUMBER), None).await.unwrap();
    let client = TestClient::with_pair_code(&emulator, NUMBER).await;

    let code = code(&client).await;
    let wrong = match code.as_str() {
        "ABCD1234" => "ABCD1235",
        _ => "ABCD1234",
    };
    let refused = emulator.enter_pair_code(NUMBER, wrong).await;
    assert!(matches!(refused, Err(ControlError::Pairing(_))), "{refused:?}");
    let phone = emulator.phone_info(NUMBER).await.unwrap();
    assert!(phone.devices.is_empty());
}

#[tokio::test]
async fn a_code_nobody_shows_is_refused() {
    let emulator = emulator().await;
    emulator.new_phone(Some(NUMBER), None).await.unwrap();
    let refused = emulator.enter_pair_code(NUMBER, "ABCD1234").await;
    assert!(matches!(refused, Err(ControlError::NoCode(_))));
}

#[tokio::test]
async fn the_qr_of_the_same_client_still_works() {
    let emulator = emulator().await;
    emulator.new_phone(Some(NUMBER), None).await.unwrap();
    let client = TestClient::with_pair_code(&emulator, NUMBER).await;
    let qr = client.qr().await;
    emulator.scan_with(NUMBER, &qr).await.unwrap();
    client.connected().await;

    let customer = emulator.new_phone(None, None).await.unwrap();
    emulator.send_text(&customer.number, NUMBER, "oi").await.unwrap();
    assert_eq!(text(&client.message().await), "oi");
}
