//! Numbers, messages and their order survive restarts of the process.

mod support;

use model::{ConnectionState, Delivery};
use support::{PATIENCE, World, last_delivery, texts};

#[tokio::test]
async fn a_restart_reconnects_without_a_qr_and_brings_what_was_missed_once_and_in_order() {
    let mut world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    world.emulator.send_text(&customer, &shop, "antes").await.unwrap();
    world.messages_until(&ana, |messages| !messages.is_empty()).await;

    world.stop().await;
    let missed: Vec<String> = (1..=20).map(|n| format!("perdida {n}")).collect();
    for text in &missed {
        world.emulator.send_text(&customer, &shop, text).await.unwrap();
    }
    world.start_again().await;

    let mut states = world.pool.follow(ana.connection).unwrap();
    states
        .wait_for(|state| {
            assert!(
                !matches!(state, ConnectionState::AwaitingScan { .. }),
                "no QR after a restart"
            );
            *state == ConnectionState::Connected
        })
        .await
        .unwrap();
    let messages = world.messages_until(&ana, |messages| messages.len() >= 21).await;
    let expected: Vec<&str> =
        std::iter::once("antes").chain(missed.iter().map(String::as_str)).collect();
    assert_eq!(texts(&messages), expected);
    assert_eq!(ana.chats().await[0].unread, 21);
    let downtime = ana.viewer.connection(ana.connection).await.unwrap().downtime;
    assert_eq!(downtime.map(|downtime| downtime.recovered), Some(20));
}

#[tokio::test]
async fn it_reconnects_again_and_again() {
    let mut world = World::new().await;
    let (ana, _) = world.connected("ana").await;
    for _ in 0..3 {
        world.restart().await;
        world.until(ana.connection, |state| *state == ConnectionState::Connected).await;
    }
}

#[tokio::test]
async fn what_is_sent_while_disconnected_leaves_once_when_it_can() {
    let mut world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    world.emulator.send_text(&customer, &shop, "oi").await.unwrap();
    world.messages_until(&ana, |messages| !messages.is_empty()).await;
    world.stop().await;
    for text in ["um", "dois", "três"] {
        let queued = ana.send(&world.store, text).await;
        assert_eq!(queued.delivery, Some(Delivery::Queued));
    }
    world.start_again().await;
    let there = world
        .emulator
        .until(&customer, &shop, PATIENCE, |messages| messages.len() >= 4)
        .await
        .unwrap();
    let answers: Vec<_> = there.iter().skip(1).filter_map(|m| m.text.as_deref()).collect();
    assert_eq!(answers, ["um", "dois", "três"]);
    world
        .messages_until(&ana, |messages| last_delivery(messages) == Some(Delivery::Delivered))
        .await;
}
