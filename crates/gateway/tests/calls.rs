//! Calls of customers, from their first ring to their end.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use emulator::CallState;
use model::content::{Call, CallOutcome};
use model::{CallPolicy, Message, Notice, Style};
use support::{Agent, PATIENCE, World};

fn outcome(message: &Message) -> Option<CallOutcome> {
    match message.notice {
        Some(Notice::Call(Call { outcome, .. })) => Some(outcome),
        _ => None,
    }
}

/// Returns true if the last message is a call with this outcome.
fn last_is(messages: &[Message], wanted: CallOutcome) -> bool {
    messages.last().and_then(outcome) == Some(wanted)
}

/// A number with a customer who has written. Returns the agent, the number and the customer.
async fn talk(world: &World) -> (Agent, String, String) {
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, Some("Cláudia")).await.unwrap().number;
    world.emulator.send_text(&customer, &shop, "oi").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 1).await;
    (ana, shop, customer)
}

/// Waits until the last call of a customer is in this state.
async fn until_call(world: &World, customer: &str, state: CallState) {
    let is_so =
        |phone: &emulator::PhoneInfo| phone.calls.last().is_some_and(|call| call.state == state);
    world.emulator.until_phone(customer, PATIENCE, is_so).await.unwrap();
}

#[tokio::test]
async fn a_call_rings_and_says_how_it_ended() {
    let world = World::new().await;
    let (ana, shop, customer) = talk(&world).await;
    let chat = ana.only_chat().await;
    for (how, ended, unread) in [
        (CallState::Answered, CallOutcome::Answered, 0),
        (CallState::Rejected, CallOutcome::Rejected, 0),
        (CallState::GivenUp, CallOutcome::Missed, 1),
    ] {
        ana.mark_read(&world.store, chat).await;
        let call = world.emulator.ring(&customer, &shop, true).await.unwrap();
        let ringing = |messages: &[Message]| last_is(messages, CallOutcome::Ringing);
        let messages = world.messages_until(&ana, ringing).await;
        let last = messages.last().unwrap();
        let notice = Notice::Call(Call { video: Some(true), outcome: CallOutcome::Ringing });
        assert_eq!(last.notice, Some(notice));
        assert_eq!(last.rich[0].style, Style::Ringing);
        assert_eq!(ana.chats().await[0].unread, 1);

        world.emulator.end_call(&customer, &call, how).await.unwrap();
        let messages = world.messages_until(&ana, |messages| last_is(messages, ended)).await;
        assert!(messages.last().unwrap().rich.is_empty());
        assert_eq!(ana.chats().await[0].unread, unread, "{ended:?}");
    }
    assert_eq!(ana.messages().await.len(), 4);
}

#[tokio::test]
async fn a_call_is_rejected_from_here_once() {
    let world = World::new().await;
    let (ana, shop, customer) = talk(&world).await;
    let (grant, _) = ana.viewer.write_chat(ana.only_chat().await).await.unwrap();
    world.emulator.ring(&customer, &shop, false).await.unwrap();
    let ringing = |messages: &[Message]| last_is(messages, CallOutcome::Ringing);
    let message = world.messages_until(&ana, ringing).await.pop().unwrap();
    let call = world.store.ringing_call(&grant, message.id).await.unwrap().unwrap();

    assert!(world.pool.reject_call(&grant, &call).await);
    until_call(&world, &customer, CallState::RejectedByDevice).await;
    world.messages_until(&ana, |messages| last_is(messages, CallOutcome::Rejected)).await;
    assert!(!world.pool.reject_call(&grant, &call).await, "it does not ring any more");
    assert_eq!(world.store.ringing_call(&grant, message.id).await.unwrap(), None);
}

#[tokio::test]
async fn a_call_that_rings_when_the_server_stops_is_missed() {
    let mut world = World::new().await;
    let (ana, shop, customer) = talk(&world).await;
    world.emulator.ring(&customer, &shop, false).await.unwrap();
    world.messages_until(&ana, |messages| last_is(messages, CallOutcome::Ringing)).await;
    world.restart().await;
    assert!(last_is(&ana.messages().await, CallOutcome::Missed));
}

#[tokio::test]
async fn a_number_rejects_calls_by_itself_and_answers_once() {
    let world = World::new().await;
    let (ana, shop, customer) = talk(&world).await;
    let policy = CallPolicy { reject: true, answer: "Atendemos só por mensagem.".to_owned() };
    ana.viewer.set_call_policy(ana.connection, &policy).await.unwrap();
    for calls in 1..=2 {
        world.emulator.ring(&customer, &shop, false).await.unwrap();
        until_call(&world, &customer, CallState::RejectedByDevice).await;
        let rejected = |messages: &[Message]| {
            let is_rejected = |one: &&Message| outcome(one) == Some(CallOutcome::Rejected);
            messages.iter().filter(is_rejected).count() == calls
        };
        world.messages_until(&ana, rejected).await;
    }
    let answered = |messages: &[emulator::PhoneMessage]| {
        messages.last().is_some_and(|last| last.text.as_deref() == Some(&*policy.answer))
    };
    world.emulator.until(&customer, &shop, PATIENCE, answered).await.unwrap();
    // A later message comes later.
    ana.send(&world.store, "Podemos ajudar?").await;
    let there = |messages: &[emulator::PhoneMessage]| {
        messages.last().is_some_and(|last| last.text.as_deref() == Some("Podemos ajudar?"))
    };
    let messages = world.emulator.until(&customer, &shop, PATIENCE, there).await.unwrap();
    assert_eq!(messages.iter().filter(|message| !message.from_me).count(), 2, "{messages:#?}");
}
