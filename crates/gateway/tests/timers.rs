//! Disappearing messages, in both directions.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use emulator::{Addressing, MediaKind, NewMedia, NewPhone, PhoneInfo, Presentation};
use model::content::System;
use model::{ChatTimerChoice, Delivery, MediaState, Notice};
use sea_orm::{ConnectionTrait as _, Database};
use support::{Agent, PATIENCE, World, last_delivery, new_id, texts};
use whatsapp_rust::buffa::Message as _;
use whatsapp_rust::prelude::wa;
use whatsapp_rust::proto_helpers::build_keep_in_chat_message;

const DAY: u32 = 86_400;

/// Links a number, and adds a customer who has written.
async fn talk(addressing: Addressing) -> (World, Agent, String, String) {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let new = NewPhone { number: None, name: Some("Cláudia".into()), addressing };
    let customer = world.emulator.make_phone(new).await.unwrap().number;
    world.emulator.send_text(&customer, &shop, "oi").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 1).await;
    (world, ana, shop, customer)
}

async fn timer(ana: &Agent) -> u32 {
    ana.chats().await[0].timer
}

/// Makes the messages that disappear due.
async fn let_the_time_pass(world: &World) {
    let raw = Database::connect(world.database()).await.unwrap();
    let statement = "UPDATE message SET expires_at = 1 WHERE expires_at IS NOT NULL";
    raw.execute_unprepared(statement).await.unwrap();
}

#[tokio::test]
async fn a_timer_that_is_set_here_is_on_both_phones_and_what_is_sent_carries_it() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let (world, ana, shop, customer) = talk(addressing).await;
        let (grant, chat) = ana.viewer.write_chat(ana.only_chat().await).await.unwrap();
        let set = async |choice| {
            world.store.enqueue_timer(&grant, chat.id, new_id(), choice).await.unwrap()
        };
        set(ChatTimerChoice::Day).await;
        // It waits until the setting is there.
        let text = ana.send(&world.store, "isto some").await;
        let there = |messages: &[emulator::PhoneMessage]| {
            messages.iter().any(|one| one.id == text.wa_id.as_str())
        };
        let messages = world.emulator.until(&customer, &shop, PATIENCE, there).await.unwrap();
        let last = messages.last().unwrap();
        assert_eq!((last.text.as_deref(), last.expiration), (Some("isto some"), Some(DAY)));
        for phone in [&customer, &shop] {
            let is_set = |phone: &PhoneInfo| phone.chats.iter().any(|one| one.expiration == DAY);
            world.emulator.until_phone(phone, PATIENCE, is_set).await.unwrap();
        }
        assert_eq!(timer(&ana).await, DAY);

        set(ChatTimerChoice::Off).await;
        let text = ana.send(&world.store, "isto fica").await;
        let there = |messages: &[emulator::PhoneMessage]| {
            messages.iter().any(|one| one.id == text.wa_id.as_str() && one.expiration.is_none())
        };
        world.emulator.until(&customer, &shop, PATIENCE, there).await.unwrap();
        world
            .messages_until(&ana, |messages| last_delivery(messages) == Some(Delivery::Delivered))
            .await;

        let_the_time_pass(&world).await;
        let left = world.messages_until(&ana, |messages| messages.len() == 4).await;
        assert_eq!(texts(&left), ["oi", "", "", "isto fica"]);
    }
}

#[tokio::test]
async fn what_a_phone_sends_in_a_chat_with_a_timer_disappears_with_its_file() {
    let (world, ana, shop, customer) = talk(Addressing::Lid).await;
    world.emulator.set_timer(&customer, &shop, DAY).await.unwrap();
    let photo = NewMedia {
        caption: Some("some".into()),
        ..NewMedia::new(MediaKind::Image, "image/jpeg", vec![7; 3000])
    };
    world.emulator.send_media(&customer, &shop, photo).await.unwrap();
    let is_stored = |messages: &[model::Message]| {
        let media = messages.last().and_then(|message| message.media.as_ref());
        media.is_some_and(|media| media.state == MediaState::Stored)
    };
    let messages = world.messages_until(&ana, is_stored).await;
    let notice = Notice::System(System::Timer { seconds: DAY });
    assert_eq!((messages.len(), messages[1].notice), (3, Some(notice)));
    assert_eq!(timer(&ana).await, DAY);
    let file = world.media_dir().join(ana.connection.to_string()).join(messages[2].id.to_string());
    assert!(file.exists());

    let_the_time_pass(&world).await;
    let left = world.messages_until(&ana, |messages| messages.len() == 2).await;
    assert_eq!(texts(&left), ["oi", ""]);
    assert!(!file.exists());

    // The phone turns it off, and what it sends stays.
    world.emulator.set_timer(&customer, &shop, 0).await.unwrap();
    world.emulator.send_text(&customer, &shop, "fica").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 4).await;
    assert_eq!(timer(&ana).await, 0);
}

#[tokio::test]
async fn what_was_due_while_the_server_was_away_goes_before_it_serves() {
    let (mut world, ana, shop, customer) = talk(Addressing::Lid).await;
    world.emulator.set_timer(&customer, &shop, DAY).await.unwrap();
    world.emulator.send_text(&customer, &shop, "some").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 3).await;
    world.stop().await;
    let_the_time_pass(&world).await;
    assert_eq!(world.pool.remove_due().await.unwrap(), 1);
    assert_eq!(texts(&ana.messages().await), ["oi", ""]);
}

#[tokio::test]
async fn what_the_customer_keeps_stays() {
    let (world, ana, shop, customer) = talk(Addressing::Lid).await;
    world.emulator.set_timer(&customer, &shop, DAY).await.unwrap();
    let kept = world.emulator.send_text(&customer, &shop, "fica").await.unwrap();
    world.emulator.send_text(&customer, &shop, "some").await.unwrap();
    let key = wa::MessageKey { id: Some(kept), ..Default::default() };
    let keep = build_keep_in_chat_message(key, true, 1).encode_to_vec();
    world.emulator.send_content(&customer, &shop, &keep, &Presentation::Plain).await.unwrap();
    // What follows it shows that it is here.
    world.emulator.send_text(&customer, &shop, "depois").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 5).await;

    let_the_time_pass(&world).await;
    let left = world.messages_until(&ana, |messages| messages.len() == 3).await;
    assert_eq!(texts(&left), ["oi", "", "fica"]);
}
