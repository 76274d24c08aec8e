//! Restricted accounts, which take messages only from people with a token of them.

use emulator::MessageKind;
use whatsapp_rust::prelude::*;

use crate::client::{TIMEOUT, TestClient, emulator};

/// Sends a text. Returns `true` if the server accepts it.
async fn is_accepted(client: &TestClient, to: &str, text: &str) -> bool {
    let id = client.send(to, text).await;
    let error = client
        .event(|event| match event {
            Event::ServerAck(ack) if ack.id == id => Some(ack.error.clone()),
            _ => None,
        })
        .await;
    if let Some(code) = &error {
        assert_eq!(code.to_string(), "463");
    }
    error.is_none()
}

#[tokio::test]
async fn a_first_message_needs_a_token_that_a_message_of_the_contact_brings() {
    let emulator = emulator().await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    emulator.restrict(&customer.number, true).await.unwrap();
    let (client, me) = TestClient::linked(&emulator).await;

    assert!(!is_accepted(&client, &customer.jid, "posso?").await);
    assert!(emulator.messages(&customer.number, &me.phone).await.unwrap().is_empty());

    emulator.send_text(&customer.number, &me.phone, "pode escrever").await.unwrap();
    client.message().await;
    // The client stores the token and the switch to present it beside its other work.
    let mut attempts = 0;
    while !is_accepted(&client, &customer.jid, "obrigado").await {
        attempts += 1;
        assert!(attempts < 1_000, "the token is never presented");
    }
    let chat =
        emulator.until(&customer.number, &me.phone, TIMEOUT, |chat| chat.len() == 2).await.unwrap();
    assert_eq!((chat[1].kind, chat[1].text.as_deref()), (MessageKind::Text, Some("obrigado")));
}

#[tokio::test]
async fn the_restriction_can_be_lifted() {
    let emulator = emulator().await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    emulator.restrict(&customer.number, true).await.unwrap();
    let (client, _me) = TestClient::linked(&emulator).await;
    assert!(!is_accepted(&client, &customer.jid, "posso?").await);
    emulator.restrict(&customer.number, false).await.unwrap();
    assert!(is_accepted(&client, &customer.jid, "e agora?").await);
}
