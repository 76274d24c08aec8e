//! Online, typing, names.

use emulator::{Config, Emulator, FaultKind, FaultRequest, Typing};
use whatsapp_rust::prelude::*;
use whatsapp_rust::wacore::types::presence::ChatPresence;
use whatsapp_rust::{ChatStateType, NodeBuilder};

use crate::client::{TIMEOUT, TestClient, emulator};

/// Waits until a client learns that its account has this name.
async fn is_called(client: &TestClient, name: &str) {
    client
        .event(|event| match event {
            Event::SelfPushNameUpdated(update) if update.new_name == name => Some(()),
            _ => None,
        })
        .await;
}

#[tokio::test]
async fn a_subscriber_sees_a_phone_come_and_go() {
    let emulator = emulator().await;
    let (client, _me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let jid: Jid = customer.lid.parse().unwrap();
    let unavailable = || {
        client.event(|event| match event {
            Event::Presence(update) => Some((update.from.to_string(), update.unavailable)),
            _ => None,
        })
    };

    client.client.presence().subscribe(&jid).await.unwrap();
    assert_eq!(unavailable().await, (customer.lid.clone(), true));
    emulator.presence(&customer.number, true).await.unwrap();
    assert_eq!(unavailable().await, (customer.lid.clone(), false));
    emulator.presence(&customer.number, false).await.unwrap();
    assert_eq!(unavailable().await, (customer.lid.clone(), true));
}

#[tokio::test]
async fn typing_goes_both_ways() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    // Each side knows the other from an earlier message.
    client.send(&customer.jid, "oi").await;
    emulator.until(&customer.number, &me.phone, TIMEOUT, |chat| chat.len() == 1).await.unwrap();

    emulator.typing(&customer.number, &me.phone, Typing::Composing).await.unwrap();
    let state = client
        .event(|event| match event {
            Event::ChatPresence(update) => Some(update.state),
            _ => None,
        })
        .await;
    assert!(matches!(state, ChatPresence::Composing));

    let jid: Jid = customer.jid.parse().unwrap();
    client.client.chatstate().send(&jid, ChatStateType::Recording).await.unwrap();
    emulator
        .until_phone(&customer.number, TIMEOUT, |phone| {
            phone.chats.iter().any(|chat| chat.typing == Some(Typing::Recording))
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn typing_that_is_not_renewed_ends() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    client.send(&customer.jid, "oi").await;
    emulator.until(&customer.number, &me.phone, TIMEOUT, |chat| chat.len() == 1).await.unwrap();
    emulator.typing(&me.phone, &customer.number, Typing::Composing).await.unwrap();
    let typing = async || {
        let phone = emulator.phone_info(&customer.number).await.unwrap();
        phone.chats[0].typing
    };
    assert_eq!(typing().await, Some(Typing::Composing));

    let skew_secs = Some(26);
    let later = FaultRequest { skew_secs, ..FaultRequest::new(FaultKind::ClockSkew) };
    emulator.fault(later).await.unwrap();
    assert_eq!(typing().await, None);
}

#[tokio::test]
async fn a_client_that_comes_back_sees_who_is_typing() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    client.send(&customer.jid, "oi").await;
    emulator.until(&customer.number, &me.phone, TIMEOUT, |chat| chat.len() == 1).await.unwrap();
    let stopped = client.stop().await;
    emulator.until_phone(&me.phone, TIMEOUT, |phone| !phone.devices[0].online).await.unwrap();
    emulator.typing(&customer.number, &me.phone, Typing::Composing).await.unwrap();

    let client = stopped.start(&emulator).await;
    let state = client
        .event(|event| match event {
            Event::ChatPresence(update) => Some(update.state),
            _ => None,
        })
        .await;
    assert!(matches!(state, ChatPresence::Composing));
}

#[tokio::test]
async fn a_new_name_comes_with_the_next_message_and_to_own_clients() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, Some("Bia")).await.unwrap();
    emulator.set_name(&customer.number, "Beatriz").await.unwrap();
    emulator.send_text(&customer.number, &me.phone, "mudei").await.unwrap();
    assert_eq!(client.message().await.info.push_name, "Beatriz");

    emulator.set_name(&me.phone, "Loja").await.unwrap();
    is_called(&client, "Loja").await;
}

#[tokio::test]
async fn a_name_set_on_a_client_is_the_accounts_for_good() {
    let state = tempfile::tempdir().unwrap();
    let config = || Config { state: Some(state.path().to_owned()), ..Config::default() };
    let emulator = Emulator::start(config()).await.unwrap();
    let (client, me) = TestClient::linked(&emulator).await;
    let (reader, reader_device) = TestClient::linked(&emulator).await;
    let to = emulator.phone_info(&reader_device.phone).await.unwrap().jid;
    let named = NodeBuilder::new("presence").attr("name", "Loja da Ana").build();
    client.client.send_node(named).await.unwrap();
    client.send(&to, "mudei").await;
    assert_eq!(reader.message().await.info.push_name, "Loja da Ana");

    emulator.stop().await.unwrap();
    let emulator = Emulator::start(config()).await.unwrap();
    assert_eq!(emulator.phone_info(&me.phone).await.unwrap().name, "Loja da Ana");
}

#[tokio::test]
async fn a_name_told_to_the_server_is_not_the_phones_until_it_is_synced() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let named = NodeBuilder::new("presence").attr("name", "Loja").build();
    client.client.send_node(named).await.unwrap();
    emulator.until_phone(&me.phone, TIMEOUT, |phone| phone.name == "Loja").await.unwrap();
    // The name is new to the phone, so it makes a patch.
    emulator.set_name(&me.phone, "Loja").await.unwrap();
    is_called(&client, "Loja").await;
}
