//! The text under the name ("recado").

use whatsapp_rust::prelude::*;

use crate::client::{TestClient, emulator};

#[tokio::test]
async fn contacts_are_notified_of_a_changed_text() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let (contact, other) = TestClient::linked(&emulator).await;
    emulator.send_text(&other.phone, &me.phone, "oi").await.unwrap();
    client.message().await;

    contact.client.profile().set_status_text("Aberto até as 18h").await.unwrap();
    let (author, text) = client
        .event(|event| match event {
            Event::UserAboutUpdate(update) => Some((update.jid.to_string(), update.status.clone())),
            _ => None,
        })
        .await;
    assert_eq!(author, format!("{}@s.whatsapp.net", other.phone));
    assert_eq!(text, "Aberto até as 18h");
}
