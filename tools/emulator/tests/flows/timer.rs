//! Disappearing messages.

use whatsapp_rust::prelude::*;

use crate::client::{TIMEOUT, TestClient, emulator, text};

const DAY: u32 = 86_400;

/// The timer that the next text of a client carries.
async fn expiration_of_text(client: &TestClient, wanted: &str) -> Option<u32> {
    client
        .event(|event| match event {
            Event::Messages(batch) => {
                let found = batch.messages.iter().find(|message| text(message) == wanted)?;
                Some(found.message.get_ephemeral_expiration())
            }
            _ => None,
        })
        .await
}

#[tokio::test]
async fn a_timer_is_set_for_both_phones_and_carried_by_messages() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap().number;
    emulator.set_timer(&customer, &me.phone, DAY).await.unwrap();
    for phone in [&customer, &me.phone] {
        let is_set =
            |phone: &emulator::PhoneInfo| phone.chats.iter().any(|chat| chat.expiration == DAY);
        emulator.until_phone(phone, TIMEOUT, is_set).await.unwrap();
    }
    emulator.send_text(&customer, &me.phone, "some").await.unwrap();
    assert_eq!(expiration_of_text(&client, "some").await, Some(DAY));

    emulator.set_timer(&customer, &me.phone, 0).await.unwrap();
    emulator.send_text(&customer, &me.phone, "fica").await.unwrap();
    assert_eq!(expiration_of_text(&client, "fica").await, None);
}
