//! Conversations that a user starts: the account of a phone is found, and the first message and its
//! answer are in one chat.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::time::Duration;

use emulator::{Addressing, FaultKind, FaultRequest, NewPhone};
use gateway::{LookupError, Pauses};
use model::{ChatId, ConnectionState, Delivery};
use support::{Agent, PATIENCE, World, last_delivery, new_id, texts};

/// Looks a phone up from the number of an agent.
async fn look_up(world: &World, ana: &Agent, digits: &str) -> Result<Option<String>, LookupError> {
    let grant = ana.viewer.grant_write(ana.connection).await.unwrap();
    world.pool.look_up(&grant, &phone::number(digits)).await
}

/// Starts the chat with a phone.
async fn start(world: &World, ana: &Agent, digits: &str) -> ChatId {
    let address = look_up(world, ana, digits).await.unwrap().expect("an account");
    let grant = ana.viewer.grant_write(ana.connection).await.unwrap();
    world.store.start_chat(&grant, &address).await.unwrap()
}

/// An agent whose number gets no answers any more, and the phone of a customer.
async fn unanswered() -> (World, Agent, String) {
    let lookup_timeout = Duration::from_millis(300);
    let world = World::with_pauses(Pauses { lookup_timeout, ..Pauses::default() }).await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    let fault = FaultRequest { count: Some(1_000), ..FaultRequest::new(FaultKind::IqUnanswered) };
    world.emulator.fault(fault.on(&shop)).await.unwrap();
    (world, ana, customer)
}

#[tokio::test]
async fn the_first_message_and_its_answer_are_in_the_chat_that_was_started() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let world = World::new().await;
        let (ana, shop) = world.connected("ana").await;
        let new = NewPhone { number: None, name: Some("Cláudia".into()), addressing };
        let customer = world.emulator.make_phone(new).await.unwrap().number;
        let chat = start(&world, &ana, &customer).await;
        assert!(ana.viewer.messages(chat, None, 10).await.unwrap().is_empty());
        let there = world.emulator.messages(&customer, &shop).await.unwrap();
        assert!(there.is_empty(), "starting a chat sends nothing");

        let (grant, _) = ana.viewer.write_chat(chat).await.unwrap();
        world.store.enqueue_text(&grant, chat, new_id(), "Olá!", None).await.unwrap();
        let is_there = |messages: &[emulator::PhoneMessage]| {
            messages.iter().any(|message| message.text.as_deref() == Some("Olá!"))
        };
        world.emulator.until(&customer, &shop, PATIENCE, is_there).await.unwrap();
        world.messages_until(&ana, |all| last_delivery(all) == Some(Delivery::Delivered)).await;
        world.emulator.send_text(&customer, &shop, "Oi, quem é?").await.unwrap();
        world.messages_until(&ana, |messages| messages.len() == 2).await;
        assert_eq!(ana.only_chat().await, chat);
        let messages = ana.viewer.messages(chat, None, 10).await.unwrap();
        assert_eq!(texts(&messages), ["Olá!", "Oi, quem é?"]);
        assert_eq!(start(&world, &ana, &customer).await, chat, "it is opened again");
    }
}

#[tokio::test]
async fn an_account_is_found_with_and_without_the_ninth_digit() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    for (account, typed) in [("556188887777", "5561988887777"), ("5561977776666", "556177776666")] {
        world.emulator.new_phone(Some(account), Some("Cláudia")).await.unwrap();
        let chat = start(&world, &ana, typed).await;
        assert_eq!(start(&world, &ana, account).await, chat);
        let shown = ana.viewer.chat(chat).await.unwrap().phone.unwrap();
        assert_eq!(shown.digits(), account, "the number is shown as the account has it");
        world.emulator.send_text(account, &shop, "oi").await.unwrap();
        let read = async || ana.viewer.messages(chat, None, 10).await.unwrap();
        world.rows_until(read, |messages| messages.len() == 1).await;
    }
    assert_eq!(ana.chats().await.len(), 2);
}

#[tokio::test]
async fn a_phone_without_an_account_becomes_no_chat() {
    let world = World::new().await;
    let (ana, _) = world.connected("ana").await;
    assert_eq!(look_up(&world, &ana, "5561900000000").await.unwrap(), None);
    assert!(ana.chats().await.is_empty());
}

#[tokio::test]
async fn an_answer_about_one_of_two_forms_is_none() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let fault = FaultRequest::new(FaultKind::PartialUsync).on(&shop);
    world.emulator.fault(fault).await.unwrap();
    let looked_up = look_up(&world, &ana, "5561988880000").await;
    assert!(matches!(looked_up, Err(LookupError::NoAnswer)), "{looked_up:?}");
    assert_eq!(look_up(&world, &ana, "5561988880000").await.unwrap(), None);
}

#[tokio::test]
async fn the_own_number_is_the_chat_with_oneself() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let chat = start(&world, &ana, &shop).await;
    assert!(ana.viewer.chat(chat).await.unwrap().myself);
}

#[tokio::test]
async fn only_a_connected_number_looks_up() {
    let world = World::new().await;
    let ana = world.agent("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    let looked_up = look_up(&world, &ana, &customer).await;
    assert!(matches!(looked_up, Err(LookupError::NotConnected)), "{looked_up:?}");

    world.pool.connect(&ana.manage().await).await.unwrap();
    world.qr(ana.connection).await;
    let looked_up = look_up(&world, &ana, &customer).await;
    assert!(matches!(looked_up, Err(LookupError::NotConnected)), "{looked_up:?}");
    let qr = world.qr(ana.connection).await;
    world.emulator.scan_qr(&qr).await.unwrap();
    world.until(ana.connection, |state| *state == ConnectionState::Connected).await;
    assert!(look_up(&world, &ana, &customer).await.unwrap().is_some());
}

#[tokio::test]
async fn nobody_waits_for_an_answer_that_does_not_come() {
    let (world, ana, customer) = unanswered().await;
    let looked_up = look_up(&world, &ana, &customer).await;
    assert!(matches!(looked_up, Err(LookupError::NoAnswer)), "{looked_up:?}");
    assert!(ana.chats().await.is_empty());
}

#[tokio::test]
async fn a_session_that_ends_looks_nothing_up() {
    // The unlink gets no answer, so it takes long, and the number is shown as connected meanwhile.
    let (world, ana, customer) = unanswered().await;
    let (pool, manage) = (world.pool.clone(), ana.manage().await);
    let unlinking = tokio::spawn(async move { pool.disconnect(&manage).await });
    // A request before the unlink has begun waits for its answer in vain.
    while !matches!(look_up(&world, &ana, &customer).await, Err(LookupError::NotConnected)) {}
    assert_eq!(world.state(ana.connection), ConnectionState::Connected);
    unlinking.abort();
}
