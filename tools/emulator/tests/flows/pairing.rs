//! Linking by QR.

use emulator::ControlError;

use whatsapp_rust::prelude::*;

use crate::client::{TestClient, emulator};

#[tokio::test]
async fn a_scanned_client_connects_at_once_with_the_phones_name() {
    let emulator = emulator().await;
    let phone = emulator.new_phone(Some("5561999990001"), Some("Ana")).await.unwrap();
    let client = TestClient::new(&emulator).await;

    let qr = client.qr().await;
    let scanned = emulator.scan_with(&phone.number, &qr).await.unwrap();
    let started = std::time::Instant::now();
    client.connected().await;

    // The library waits ten seconds for an app state key that does not arrive by itself.
    assert!(started.elapsed().as_secs() < 8, "{:?}", started.elapsed());
    assert_eq!(scanned.device, 1);
    assert_eq!(client.client.pn().unwrap().to_string(), scanned.jid);
    assert_eq!(client.client.lid().unwrap().to_string(), scanned.lid);
    assert_eq!(client.client.push_name(), "Ana");
    let stats = emulator.stats();
    assert_eq!(stats.unknown_iqs, Vec::<String>::new());
    assert_eq!(stats.unanswered_iqs, 0);
}

#[tokio::test]
async fn a_second_client_of_a_phone_gets_the_next_device() {
    let emulator = emulator().await;
    let (_first, scanned) = TestClient::linked(&emulator).await;
    let (_second, other) = TestClient::linked_to(&emulator, &scanned.phone).await;
    assert_eq!((scanned.device, other.device), (1, 2));
    let phone = emulator.phone_info(&scanned.phone).await.unwrap();
    assert!(phone.devices.iter().all(|device| device.online));
}

#[tokio::test]
async fn a_ref_nobody_offers_is_refused() {
    let emulator = emulator().await;
    let client = TestClient::new(&emulator).await;
    let qr = client.qr().await;
    let (_, keys) = qr.split_once(',').unwrap();
    let refused = emulator.scan_qr(&format!("2@stale,{keys}")).await;
    assert!(matches!(refused, Err(ControlError::UnknownRef)));
}

#[tokio::test]
async fn a_qr_with_another_clients_identity_is_refused_and_the_clients_own_still_links() {
    let emulator = emulator().await;
    let phone = emulator.new_phone(None, None).await.unwrap().number;
    let (client, other) = (TestClient::new(&emulator).await, TestClient::new(&emulator).await);
    let (qr, foreign) = (client.qr().await, other.qr().await);
    let mut fields: Vec<&str> = qr.split(',').collect();
    // ref, Noise key, identity, secret.
    fields[2] = foreign.split(',').nth(2).unwrap();

    let refused = emulator.scan_with(&phone, &fields.join(",")).await;
    let Err(ControlError::Pairing(why)) = refused else { panic!("{refused:?}") };
    assert_eq!(why, "the QR is not this connection's");
    assert!(emulator.phone_info(&phone).await.unwrap().devices.is_empty());

    emulator.scan_with(&phone, &qr).await.unwrap();
    client.connected().await;
}

#[tokio::test]
async fn a_brazilian_number_is_found_with_and_without_the_ninth_digit() {
    let emulator = emulator().await;
    let (client, _) = TestClient::linked(&emulator).await;
    let phone = emulator.new_phone(Some("556188887777"), None).await.unwrap();

    let asked: Jid = "5561988887777@s.whatsapp.net".parse().unwrap();
    let found = client.client.contacts().is_on_whatsapp(&[asked]).await.unwrap();
    assert!(found[0].is_registered);
    assert_eq!(found[0].jid.to_string(), phone.jid);
}
