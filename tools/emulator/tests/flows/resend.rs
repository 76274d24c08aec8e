//! Messages a client sends more than once under one id.

use emulator::{FaultKind, FaultRequest};

use crate::client::{TIMEOUT, TestClient, emulator};

#[tokio::test]
async fn a_message_whose_ack_was_lost_is_accepted_again_and_delivered_once() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    emulator.fault(FaultRequest::new(FaultKind::LateAck).on(&me.jid)).await.unwrap();
    let id = client.send(&customer.jid, "uma vez").await;
    emulator.until(&customer.number, &me.phone, TIMEOUT, |chat| chat.len() == 1).await.unwrap();
    let next = client.send(&customer.jid, "outra").await;
    assert_eq!(client.accepted().await, next, "the ack of the first is lost");

    client.send_as(&id, &customer.jid, "uma vez").await;
    assert_eq!(client.accepted().await, id);

    // Later messages arrive after any second copy.
    client.send(&customer.jid, "fim").await;
    for (phone, with) in [(&customer.number, &me.phone), (&me.phone, &customer.number)] {
        let chat = emulator.until(phone, with, TIMEOUT, |chat| chat.len() == 3).await.unwrap();
        assert!(chat.iter().all(|message| message.copies == 1), "{chat:?}");
    }
}

#[tokio::test]
async fn a_message_that_does_arrive_twice_is_one_row_of_two_copies() {
    let emulator = emulator().await;
    let (first, me) = TestClient::linked(&emulator).await;
    let (second, _) = TestClient::linked_to(&emulator, &me.phone).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let id = first.send(&customer.jid, "eco").await;
    // The server detects repeats of one device, not of two devices.
    second.send_as(&id, &customer.jid, "eco").await;
    let chat = emulator
        .until(&customer.number, &me.phone, TIMEOUT, |chat| {
            chat.first().is_some_and(|message| message.copies == 2)
        })
        .await
        .unwrap();
    assert_eq!(chat.len(), 1);
}
