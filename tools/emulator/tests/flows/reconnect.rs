//! Reconnection: automatic after a lost socket, from disk after a restart.

use emulator::{FaultKind, FaultRequest};

use crate::client::{TestClient, emulator, text};

#[tokio::test]
async fn the_third_connection_resumes_with_ik() {
    let emulator = emulator().await;
    let (client, _me) = TestClient::linked(&emulator).await;
    // Pairing and first login were full handshakes.
    let stats = emulator.stats();
    assert_eq!((stats.connections, stats.resumed, stats.logins), (2, 0, 1));

    let hit = emulator.fault(FaultRequest::new(FaultKind::Drop)).await.unwrap();
    assert_eq!(hit, 1);
    client.connected().await;
    let stats = emulator.stats();
    assert_eq!((stats.connections, stats.resumed, stats.logins), (3, 1, 2));
}

#[tokio::test]
async fn a_client_that_knows_another_key_falls_back_to_a_full_handshake() {
    let first = emulator().await;
    let (client, me) = TestClient::linked(&first).await;
    let stopped = client.stop().await;

    // Another server has another key and does not know this device, so it refuses it, but only
    // after a handshake that worked.
    let other = emulator().await;
    let client = stopped.start(&other).await;
    client
        .event(|event| matches!(event, whatsapp_rust::prelude::Event::LoggedOut(_)).then_some(()))
        .await;
    let stats = other.stats();
    assert_eq!((stats.connections, stats.resumed, stats.logins), (1, 0, 0));
    drop((first, me));
}

#[tokio::test]
async fn a_restarted_client_chats_on() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    emulator.send_text(&customer.number, &me.phone, "um").await.unwrap();
    assert_eq!(text(&client.message().await), "um");

    let client = client.stop().await.start(&emulator).await;
    client.connected().await;
    emulator.send_text(&customer.number, &me.phone, "dois").await.unwrap();
    assert_eq!(text(&client.message().await), "dois");
    assert_eq!(emulator.stats().resumed, 1);
}
