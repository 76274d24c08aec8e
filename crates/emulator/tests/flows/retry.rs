//! Messages that cannot be decrypted at first.

use emulator::{FaultKind, FaultRequest, MessageKind};

use crate::client::{TIMEOUT, TestClient, emulator, text};

#[tokio::test]
async fn a_client_asks_a_phone_again() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    emulator.fault(FaultRequest::new(FaultKind::Corrupt).on(&me.jid)).await.unwrap();
    let id = emulator.send_text(&customer.number, &me.phone, "ilegível").await.unwrap();
    let received = client.message().await;
    assert_eq!(received.info.id, id);
    assert_eq!(text(&received), "ilegível");
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
    emulator.fault(FaultRequest::new(FaultKind::Corrupt).on(&bia_device.jid)).await.unwrap();
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
