//! A phone whose user registers again, with a new Signal identity.

use emulator::{Emulator, FaultKind, FaultRequest, MessageKind, PhoneInfo, Scanned};
use whatsapp_rust::prelude::*;

use crate::client::{TIMEOUT, TestClient, emulator, text};

async fn reinstall(emulator: &Emulator, number: &str) {
    emulator.fault(FaultRequest::new(FaultKind::IdentityChange).on(number)).await.unwrap();
}

/// A client and a customer who wrote to each other.
async fn acquainted(emulator: &Emulator) -> (TestClient, Scanned, PhoneInfo) {
    let (client, me) = TestClient::linked(emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    client.send(&customer.jid, "oi").await;
    emulator.until(&customer.number, &me.phone, TIMEOUT, |chat| chat.len() == 1).await.unwrap();
    emulator.send_text(&customer.number, &me.phone, "olá").await.unwrap();
    assert_eq!(text(&client.message().await), "olá");
    (client, me, customer)
}

/// Waits until a phone can decrypt a message.
async fn readable(emulator: &Emulator, number: &str, with: &str, id: &str) {
    emulator
        .until(number, with, TIMEOUT, |chat| {
            chat.iter()
                .any(|message| message.id == id && message.kind != MessageKind::Undecryptable)
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_client_is_told_and_goes_on_chatting() {
    let emulator = emulator().await;
    let (client, me, customer) = acquainted(&emulator).await;
    reinstall(&emulator, &customer.number).await;
    let changed = client
        .event(|event| match event {
            Event::IdentityChange(change) => Some((change.user.to_string(), change.implicit)),
            _ => None,
        })
        .await;
    assert_eq!(changed, (customer.jid.clone(), false));

    emulator.send_text(&customer.number, &me.phone, "celular novo").await.unwrap();
    assert_eq!(text(&client.message().await), "celular novo");
    let id = client.send(&customer.jid, "que bom").await;
    readable(&emulator, &customer.number, &me.phone, &id).await;
}

#[tokio::test]
async fn what_a_client_wrote_before_it_knew_arrives() {
    let emulator = emulator().await;
    let (client, me, customer) = acquainted(&emulator).await;
    reinstall(&emulator, &customer.number).await;
    let id = client.send(&customer.jid, "recebe?").await;
    readable(&emulator, &customer.number, &me.phone, &id).await;
}

#[tokio::test]
async fn a_phone_goes_on_chatting_with_a_phone() {
    let emulator = emulator().await;
    let ana = emulator.new_phone(None, None).await.unwrap().number;
    let bia = emulator.new_phone(None, None).await.unwrap().number;
    let id = emulator.send_text(&ana, &bia, "oi").await.unwrap();
    readable(&emulator, &bia, &ana, &id).await;
    let id = emulator.send_text(&bia, &ana, "olá").await.unwrap();
    readable(&emulator, &ana, &bia, &id).await;

    reinstall(&emulator, &bia).await;
    let id = emulator.send_text(&ana, &bia, "recebe?").await.unwrap();
    readable(&emulator, &bia, &ana, &id).await;
    let id = emulator.send_text(&bia, &ana, "recebi").await.unwrap();
    readable(&emulator, &ana, &bia, &id).await;
}

#[tokio::test]
async fn the_clients_of_the_phone_are_out_and_can_be_linked_again() {
    let emulator = emulator().await;
    let (client, me, customer) = acquainted(&emulator).await;
    reinstall(&emulator, &me.phone).await;
    client.event(|event| matches!(event, Event::LoggedOut(_)).then_some(())).await;
    assert!(emulator.phone_info(&me.phone).await.unwrap().devices.is_empty());

    let (again, _) = TestClient::linked_to(&emulator, &me.phone).await;
    let id = again.send(&customer.jid, "voltei").await;
    readable(&emulator, &customer.number, &me.phone, &id).await;
    emulator.send_text(&customer.number, &me.phone, "que bom").await.unwrap();
    assert_eq!(text(&again.message().await), "que bom");
}

#[tokio::test]
async fn somebody_has_to_be_named() {
    let emulator = emulator().await;
    emulator.fault(FaultRequest::new(FaultKind::IdentityChange)).await.unwrap_err();
}
