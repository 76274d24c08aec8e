//! Pictures of people, and what they say of themselves.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::path::PathBuf;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use emulator::{Business, OpeningHours};
use model::{Chat, ChatId, Opening};
use support::{Agent, PATIENCE, World};

/// Two pictures of one pixel each.
const BLUE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const RED: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

fn png(base64: &str) -> Option<Vec<u8>> {
    Some(BASE64_STANDARD.decode(base64).unwrap())
}

/// Links a number, and adds a customer who has written.
async fn talk() -> (World, Agent, String, ChatId) {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, Some("Cláudia")).await.unwrap().number;
    world.emulator.send_text(&customer, &shop, "oi").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 1).await;
    let chat = ana.only_chat().await;
    (world, ana, customer, chat)
}

/// Looks at the picture, as a page does.
async fn look(world: &World, ana: &Agent, chat: ChatId) -> Option<PathBuf> {
    world.pool.picture(&ana.viewer.chat_picture(chat).await.unwrap())
}

/// Waits until the address of the picture is another one, and returns it.
async fn next(world: &World, ana: &Agent, before: &str) -> String {
    let is_other = |chats: &[Chat]| chats[0].picture != before;
    world.rows_until(async || ana.chats().await, is_other).await.remove(0).picture
}

#[tokio::test]
async fn a_picture_is_fetched_when_somebody_looks_and_again_when_it_is_another() {
    let (world, ana, customer, chat) = talk().await;
    world.emulator.set_picture(&customer, png(BLUE)).await.unwrap();
    let unknown = ana.chats().await.remove(0).picture;
    assert_eq!(look(&world, &ana, chat).await, None, "nobody waits for it");
    let blue = next(&world, &ana, &unknown).await;
    assert!(blue.starts_with(&format!("{unknown}?v=")), "{blue}");
    let file = look(&world, &ana, chat).await.unwrap();
    assert!(std::fs::read(&file).unwrap().starts_with(&[0xff, 0xd8]), "it is encoded again");
    let picture = ana.viewer.chat_picture(chat).await.unwrap();
    let large = world.pool.large_picture(&picture).await.unwrap();
    assert!(std::fs::read(&large).unwrap().starts_with(&[0xff, 0xd8]));

    world.emulator.set_picture(&customer, png(RED)).await.unwrap();
    let red = next(&world, &ana, &blue).await;
    let other = look(&world, &ana, chat).await.unwrap();
    assert_ne!(std::fs::read(&other).unwrap(), std::fs::read(&large).unwrap_or_default());

    world.emulator.set_picture(&customer, None).await.unwrap();
    assert_eq!(next(&world, &ana, &red).await, "");
    assert_eq!(look(&world, &ana, chat).await, None);
}

#[tokio::test]
async fn what_is_no_picture_is_none() {
    let (world, ana, customer, chat) = talk().await;
    world.emulator.set_picture(&customer, png(BLUE)).await.unwrap();
    let unknown = ana.chats().await.remove(0).picture;
    look(&world, &ana, chat).await;
    let blue = next(&world, &ana, &unknown).await;
    world.emulator.set_picture(&customer, Some(b"<svg/>".to_vec())).await.unwrap();
    assert_eq!(next(&world, &ana, &blue).await, "");
}

#[tokio::test]
async fn the_pictures_of_a_number_go_with_it() {
    let (world, ana, customer, chat) = talk().await;
    world.emulator.set_picture(&customer, png(BLUE)).await.unwrap();
    let unknown = ana.chats().await.remove(0).picture;
    look(&world, &ana, chat).await;
    next(&world, &ana, &unknown).await;
    let file = look(&world, &ana, chat).await.unwrap();
    assert!(file.starts_with(world.media_dir()) && file.exists());
    world.pool.disconnect(&ana.manage().await).await.unwrap();
    let grant = ana.viewer.grant_remove(ana.connection).await.unwrap();
    world.pool.remove(&grant).await.unwrap();
    assert!(!file.exists());
}

#[tokio::test]
async fn a_business_has_its_verified_name_and_says_what_it_is() {
    let (world, ana, customer, chat) = talk().await;
    let person = ana.viewer.chat_person(chat).await.unwrap();
    assert_eq!(person.chosen_name(), Some("Cláudia"));
    world.emulator.set_about(&customer, "Café bom e conversa longa").await.unwrap();
    let business = Business {
        verified_name: Some("Padaria Trigo".into()),
        description: Some("Pães".into()),
        email: Some("oi@loja.example".into()),
        websites: vec!["https://loja.example".into()],
        hours: vec![OpeningHours { day: "mon".into(), open: Some(480), close: Some(1_080) }],
        ..Business::default()
    };
    world.emulator.set_business(&customer, business).await.unwrap();
    // A page waits for 3 s, which a slow machine may need for the query alone.
    let answered = async {
        loop {
            if let Some(profile) = world.pool.profile(&person).await {
                return profile;
            }
        }
    };
    let profile = tokio::time::timeout(PATIENCE, answered).await.unwrap();
    assert_eq!(profile.about, "Café bom e conversa longa");
    let business = profile.business.unwrap();
    assert_eq!((&*business.description, &*business.email), ("Pães", "oi@loja.example"));
    assert_eq!(business.websites, ["https://loja.example"]);
    let hours = business.hours[0];
    assert_eq!((hours.day, hours.open), (1, Opening::Between { from: 480, to: 1_080 }));
    assert_eq!(ana.chats().await[0].name, "Padaria Trigo");
}
