//! Pictures of people.

use emulator::{Audience, Emulator, NewPrivacy};
use whatsapp_rust::prelude::*;

use crate::client::{TIMEOUT, TestClient, emulator};

/// No real picture: the server stores it unread.
const PICTURE: [u8; 6] = [0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x42];

/// The id of the picture of a person, as a client gets it.
async fn picture_id(client: &TestClient, jid: &str, preview: bool) -> Option<String> {
    let jid: Jid = jid.parse().unwrap();
    let picture = client.client.contacts().get_profile_picture(&jid, preview).await.unwrap();
    picture.map(|picture| picture.id)
}

/// The next notice of a changed picture: whose it is, and its id.
async fn notice(client: &TestClient) -> (String, Option<String>) {
    client
        .event(|event| match event {
            Event::PictureUpdate(update) => {
                assert_eq!(update.removed, update.picture_id.is_none());
                Some((update.jid.to_string(), update.picture_id.clone()))
            }
            _ => None,
        })
        .await
}

/// Lets two accounts know each other.
async fn introduce(emulator: &Emulator, client: &TestClient, from: &str, to: &str) {
    emulator.send_text(from, to, "oi").await.unwrap();
    client.message().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_set_replaced_and_removed_by_a_client() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let own = emulator.phone_info(&me.phone).await.unwrap().jid;
    assert_eq!(picture_id(&client, &own, false).await, None);

    let profile = client.client.profile();
    let first = profile.set_profile_picture(PICTURE.to_vec()).await.unwrap().id;
    assert_eq!(notice(&client).await, (own.clone(), Some(first.clone())));
    let second = profile.set_profile_picture(vec![1, 2, 3]).await.unwrap().id;
    assert_ne!(first, second);
    assert_eq!(picture_id(&client, &own, false).await, Some(second.clone()));
    assert_eq!(picture_id(&client, &own, true).await, Some(second.clone()));
    assert_eq!(emulator.phone_info(&me.phone).await.unwrap().picture, Some(second.clone()));
    assert_eq!(notice(&client).await, (own.clone(), Some(second)));

    profile.remove_profile_picture().await.unwrap();
    assert_eq!(notice(&client).await, (own.clone(), None));
    assert_eq!(picture_id(&client, &own, false).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_are_notified_and_download_it() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    introduce(&emulator, &client, &customer.number, &me.phone).await;

    let id = emulator.set_picture(&customer.number, Some(PICTURE.to_vec())).await.unwrap();
    assert_eq!(notice(&client).await, (customer.jid.clone(), id.clone()));
    let jid: Jid = customer.lid.parse().unwrap();
    let picture = client.client.contacts().get_profile_picture(&jid, false).await.unwrap();
    let picture = picture.unwrap();
    assert_eq!(Some(picture.id), id);
    assert!(picture.url.starts_with(&emulator.https_url()));
    let url = format!("{}{}", emulator.http_url(), picture.direct_path.unwrap());
    let download = tokio::task::spawn_blocking(move || {
        ureq::get(&url).call().unwrap().body_mut().read_to_vec().unwrap()
    });
    assert_eq!(download.await.unwrap(), PICTURE);

    emulator.set_picture(&customer.number, None).await.unwrap();
    assert_eq!(notice(&client).await, (customer.jid, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_shown_to_those_who_may_see_it() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    emulator.set_picture(&customer.number, Some(PICTURE.to_vec())).await.unwrap();
    assert!(picture_id(&client, &customer.jid, true).await.is_some());

    let shown_to = async |audience| {
        let new = NewPrivacy { picture: Some(audience), ..NewPrivacy::default() };
        emulator.set_privacy(&customer.number, new).await.unwrap();
    };
    shown_to(Audience::None).await;
    assert!(picture_id(&client, &customer.jid, true).await.is_none());
    shown_to(Audience::Contacts).await;
    assert!(picture_id(&client, &customer.jid, true).await.is_none());
    emulator.save_contact(&customer.number, &me.phone, "Loja").await.unwrap();
    assert!(picture_id(&client, &customer.jid, true).await.is_some());
    emulator.block(&customer.number, &me.phone, true).await.unwrap();
    assert!(picture_id(&client, &customer.jid, true).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restricted_account_shows_it_with_a_token_only() {
    let emulator = emulator().await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    emulator.restrict(&customer.number, true).await.unwrap();
    emulator.set_picture(&customer.number, Some(PICTURE.to_vec())).await.unwrap();
    let (client, me) = TestClient::linked(&emulator).await;
    assert!(picture_id(&client, &customer.jid, false).await.is_none());

    introduce(&emulator, &client, &customer.number, &me.phone).await;
    // The client stores the token beside its other work.
    let shown = async {
        while picture_id(&client, &customer.lid, false).await.is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(TIMEOUT, shown).await.expect("the token is never presented");
}
