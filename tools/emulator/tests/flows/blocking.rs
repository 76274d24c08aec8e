//! Blocked people.

use crate::client::{TIMEOUT, TestClient, emulator};

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_a_blocked_person_are_not_delivered() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    emulator.block(&me.phone, &customer.number, true).await.unwrap();
    emulator.send_text(&customer.number, &me.phone, "bloqueado").await.unwrap();
    emulator.block(&me.phone, &customer.number, false).await.unwrap();
    emulator.send_text(&customer.number, &me.phone, "voltei").await.unwrap();
    assert_eq!(client.texts(1).await, ["voltei"]);
    let chat = emulator.messages(&me.phone, &customer.number).await.unwrap();
    assert!(chat.iter().all(|message| message.text.as_deref() != Some("bloqueado")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_blocks_and_the_phone_knows() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    // The client learns the LID that belongs to the number.
    emulator.send_text(&customer.number, &me.phone, "oi").await.unwrap();
    client.message().await;
    let jid = customer.jid.parse().unwrap();
    client.client.blocking().block(&jid).await.unwrap();
    emulator
        .until_phone(&me.phone, TIMEOUT, |phone| phone.blocked == [customer.lid.clone()])
        .await
        .unwrap();
    assert!(client.client.blocking().is_blocked(&jid).await.unwrap());
    emulator.block(&me.phone, &customer.number, false).await.unwrap();
    assert!(client.client.blocking().get_blocklist().await.unwrap().is_empty());
}
