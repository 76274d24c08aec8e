//! Pictures of groups.

use emulator::{Emulator, GroupChange};
use serde_json::{Value, json};
use whatsapp_rust::PictureType;
use whatsapp_rust::prelude::*;

use super::{Member, Trio};
use crate::client::TestClient;
use crate::control_api::call;

/// No real picture: the server stores it unread.
const PICTURE: [u8; 6] = [0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x42];

/// The next notice of a changed picture: whose it is, who changed it, and its id.
async fn notice(member: &Member) -> (String, Option<String>, Option<String>) {
    let update = member.client.event(|event| match event {
        Event::PictureUpdate(update) => Some(update.clone()),
        _ => None,
    });
    let update = update.await;
    assert_eq!(update.removed, update.picture_id.is_none());
    let author = update.author.map(|author| author.to_string());
    (update.jid.to_string(), author, update.picture_id)
}

/// The id of the group's picture, as a client gets it.
async fn picture_id(client: &TestClient, group: &Jid) -> Option<String> {
    let picture = client.client.contacts().get_profile_picture(group, true).await.unwrap();
    picture.map(|picture| picture.id)
}

async fn lid(emulator: &Emulator, number: &str) -> String {
    emulator.phone_info(number).await.unwrap().lid
}

#[tokio::test]
async fn members_learn_of_a_picture_and_see_it() {
    let trio = Trio::new().await;
    let Trio { emulator, ana, bia, caio, group } = &trio;
    let groups = ana.client.client.groups();
    assert_eq!(picture_id(&bia.client, &trio.jid()).await, None);
    let first = groups.set_profile_picture(trio.jid(), PICTURE.to_vec()).await.unwrap().id;
    let by_ana = Some(lid(emulator, &ana.me.phone).await);
    let expected = (group.clone(), by_ana.clone(), Some(first.clone()));
    assert_eq!(notice(bia).await, expected);
    assert_eq!(notice(ana).await, expected);
    assert_eq!(picture_id(&bia.client, &trio.jid()).await, Some(first.clone()));
    let listed = bia.client.client.groups();
    let listed = listed.get_profile_pictures(vec![trio.jid()], PictureType::Image).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0].group_jid.to_string(), &listed[0].photo_id),
        (group.clone(), &Some(first))
    );
    assert!(listed[0].url.as_ref().is_some_and(|url| url.starts_with(&emulator.https_url())));

    let set = emulator.set_group_picture(group, Some(caio), Some(PICTURE.to_vec())).await.unwrap();
    let by_caio = Some(lid(emulator, caio).await);
    assert_eq!(notice(bia).await, (group.clone(), by_caio, set.picture.clone()));
    let (stranger, _) = TestClient::linked(emulator).await;
    assert_eq!(picture_id(&stranger, &trio.jid()).await, None);

    groups.remove_profile_picture(trio.jid()).await.unwrap();
    assert_eq!(notice(bia).await, (group.clone(), by_ana, None));
    assert_eq!(picture_id(&bia.client, &trio.jid()).await, None);
    assert_eq!(emulator.stats().unknown_iqs, Vec::<String>::new());
}

#[tokio::test]
async fn admins_may_keep_it_for_themselves() {
    let trio = Trio::new().await;
    let Trio { emulator, bia, caio, group, .. } = &trio;
    let lock = GroupChange { locked: Some(true), ..GroupChange::default() };
    emulator.change_group(group, lock).await.unwrap();
    let groups = bia.client.client.groups();
    assert!(groups.set_profile_picture(trio.jid(), PICTURE.to_vec()).await.is_err());
    let path = format!("/groups/{group}/picture");
    for (body, status, field) in [
        (json!({ "base64": "/9j/", "by": caio }), 403, "by"),
        (json!({ "base64": "/9j/", "remove": true }), 400, "remove"),
        (json!({}), 400, "base64"),
    ] {
        let (answered, answer) = call(emulator, "POST", &path, body.clone()).await;
        assert_eq!(answered, status, "{body}: {answer}");
        assert!(answer["error"].as_str().unwrap().contains(field), "{body}: {answer}");
    }
    let (status, info) = call(emulator, "POST", &path, json!({ "base64": "/9j/" })).await;
    assert_eq!(status, 200, "{info}");
    assert_eq!(notice(bia).await.2.as_deref(), info["picture"].as_str());
    let (_, info) = call(emulator, "POST", &path, json!({ "remove": true })).await;
    assert_eq!(info["picture"], Value::Null);
}
