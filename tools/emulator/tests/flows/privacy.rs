//! Who sees the text under the name, the name of a business, and when somebody was online.

use emulator::{Audience, Business, NewPrivacy, OpeningHours, Presence};
use whatsapp_rust::prelude::*;

use crate::client::{TestClient, emulator};

/// The text under the name of a person, as a client gets it.
async fn about(client: &TestClient, jid: &str) -> String {
    let jid: Jid = jid.parse().unwrap();
    let info = client.client.contacts().get_user_info(&[jid]).await.unwrap();
    info.into_values().next().unwrap().status.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_under_the_name_is_shown_to_those_who_may_see_it() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    emulator.send_text(&customer.number, &me.phone, "oi").await.unwrap();
    client.message().await;

    emulator.set_about(&customer.number, "Na praia: oi@praia.example").await.unwrap();
    let text = client
        .event(|event| match event {
            Event::UserAboutUpdate(update) => Some(update.status.clone()),
            _ => None,
        })
        .await;
    assert_eq!(text, "Na praia: oi@praia.example");
    assert_eq!(about(&client, &customer.jid).await, "Na praia: oi@praia.example");
    let new = NewPrivacy { about: Some(Audience::None), ..NewPrivacy::default() };
    emulator.set_privacy(&customer.number, new).await.unwrap();
    assert_eq!(about(&client, &customer.jid).await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_time_online_is_shown_to_those_who_may_see_it() {
    const LAST: i64 = 1_700_000_000;
    let emulator = emulator().await;
    let (client, _me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let seen = Presence::Unavailable { last: Some(LAST) };
    emulator.set_presence(&customer.number, seen).await.unwrap();
    let jid: Jid = customer.lid.parse().unwrap();
    let last_seen = || {
        client.event(|event| match event {
            Event::Presence(update) => Some(update.last_seen.map(|last| last.timestamp())),
            _ => None,
        })
    };
    client.client.presence().subscribe(&jid).await.unwrap();
    assert_eq!(last_seen().await, Some(LAST));
    let new = NewPrivacy { last: Some(Audience::None), ..NewPrivacy::default() };
    emulator.set_privacy(&customer.number, new).await.unwrap();
    assert_eq!(last_seen().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_business_has_a_profile_and_a_name() {
    let emulator = emulator().await;
    let (client, _me) = TestClient::linked(&emulator).await;
    let shop = emulator.new_phone(None, None).await.unwrap();
    let jid: Jid = shop.jid.parse().unwrap();
    assert!(client.client.get_business_profile(&jid).await.unwrap().is_none());

    let hours = OpeningHours { day: "mon".to_owned(), open: Some(480), close: Some(1_080) };
    let business = Business {
        verified_name: Some("Padaria Sol".to_owned()),
        description: Some("Pão quentinho".to_owned()),
        email: Some("oi@sol.example".to_owned()),
        websites: vec!["https://sol.example".to_owned()],
        categories: vec!["Padaria".to_owned()],
        hours: vec![hours],
        ..Business::default()
    };
    emulator.set_business(&shop.number, business).await.unwrap();
    let profile = client.client.get_business_profile(&jid).await.unwrap().unwrap();
    assert_eq!(profile.description, "Pão quentinho");
    assert_eq!(profile.email.as_deref(), Some("oi@sol.example"));
    assert_eq!(profile.website, ["https://sol.example"]);
    assert_eq!(profile.categories[0].name, "Padaria");
    let opening = profile.business_hours.business_config.unwrap();
    assert_eq!((opening[0].open_time, opening[0].close_time), (Some(480), Some(1_080)));

    let info = client.client.contacts().get_user_info(&[jid]).await.unwrap();
    let info = info.into_values().next().unwrap();
    assert!(info.is_business);
    assert_eq!(info.verified_name.unwrap().name.as_deref(), Some("Padaria Sol"));
}
