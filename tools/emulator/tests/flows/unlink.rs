//! Removal of a device from its account, from either side.

use emulator::ControlError;
use whatsapp_rust::prelude::*;

use crate::client::{TIMEOUT, TestClient, emulator};

async fn logged_out(client: &TestClient) {
    client.event(|event| matches!(event, Event::LoggedOut(_)).then_some(())).await;
}

#[tokio::test]
async fn a_device_removed_on_the_phone_is_logged_out() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    emulator.unlink(&me.phone, me.device).await.unwrap();
    logged_out(&client).await;
    let phone = emulator.phone_info(&me.phone).await.unwrap();
    assert!(phone.devices.is_empty());
    let again = emulator.unlink(&me.phone, me.device).await;
    assert!(matches!(again, Err(ControlError::NoSuchDevice(1))));
}

#[tokio::test]
async fn a_device_removed_while_away_is_logged_out_when_it_returns() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let stopped = client.stop().await;
    emulator.unlink(&me.phone, me.device).await.unwrap();
    let client = stopped.start(&emulator).await;
    logged_out(&client).await;
}

#[tokio::test]
async fn a_client_takes_itself_off_the_account() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    client.client.logout().await;
    let phone =
        emulator.until_phone(&me.phone, TIMEOUT, |phone| phone.devices.is_empty()).await.unwrap();
    assert!(phone.devices.is_empty());
    assert_eq!(emulator.stats().unknown_iqs, Vec::<String>::new());
}

#[tokio::test]
async fn a_phone_can_be_linked_again_after_an_unlink() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    emulator.unlink(&me.phone, me.device).await.unwrap();
    logged_out(&client).await;
    let (_again, linked) = TestClient::linked_to(&emulator, &me.phone).await;
    assert_eq!(linked.device, 2);
}
