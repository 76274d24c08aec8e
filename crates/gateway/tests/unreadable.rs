//! Messages that cannot be decrypted when they arrive.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use emulator::{FaultKind, FaultRequest};
use model::{Author, Message, MessageKind};
use support::{PATIENCE, World, texts};

/// Flips a bit of the next message to this phone's devices. The phone itself does not answer when
/// it is asked for the message, so that its sender has to send it again.
async fn garble(world: &World, phone: &str) {
    for kind in [FaultKind::Corrupt, FaultKind::PhoneAsleep] {
        world.emulator.fault(FaultRequest::new(kind).on(phone)).await.unwrap();
    }
}

/// Opens a conversation with the "oi" of a customer, and returns the id of that message at
/// WhatsApp.
async fn opened(world: &World) -> (support::Agent, String, String, String) {
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    let said = world.emulator.send_text(&customer, &shop, "oi").await.unwrap();
    world.messages_until(&ana, |messages| !messages.is_empty()).await;
    (ana, shop, customer, said)
}

async fn pending(agent: &support::Agent) -> u32 {
    agent.viewer.connection(agent.connection).await.unwrap().pending
}

#[tokio::test]
async fn a_reaction_that_comes_at_the_second_attempt_leaves_no_placeholder() {
    let world = World::new().await;
    let (ana, shop, customer, said) = opened(&world).await;
    garble(&world, &shop).await;
    world.emulator.react(&customer, &shop, &said, "❤").await.unwrap();
    let reacted = |messages: &[Message]| messages.iter().any(|one| !one.reactions.is_empty());
    let messages = world.messages_until(&ana, reacted).await;
    assert_eq!(texts(&messages), ["oi"]);
    assert_eq!(pending(&ana).await, 0);
}

#[tokio::test]
async fn a_deletion_that_comes_at_the_second_attempt_leaves_no_placeholder() {
    let world = World::new().await;
    let (ana, shop, customer, said) = opened(&world).await;
    garble(&world, &shop).await;
    world.emulator.revoke(&customer, &shop, &said).await.unwrap();
    let kinds = |messages: &[Message]| messages.iter().map(|one| one.kind).collect::<Vec<_>>();
    world.messages_until(&ana, |messages| kinds(messages) == [MessageKind::Revoked]).await;
    assert_eq!(pending(&ana).await, 0);
}

#[tokio::test]
async fn what_the_shops_own_phone_wrote_and_cannot_be_read_is_said_to_be_on_the_phone() {
    let world = World::new().await;
    let (ana, shop, customer, _) = opened(&world).await;
    garble(&world, &shop).await;
    world.emulator.send_text(&shop, &customer, "Seu pedido saiu").await.unwrap();
    let messages = world.messages_until(&ana, |messages| messages.len() == 2).await;
    assert_eq!(messages[1].author, Author::Phone);
    assert_eq!(messages[1].kind, MessageKind::OnPhone);
    assert_eq!(pending(&ana).await, 0, "nobody is asked for it");
}

#[tokio::test]
async fn a_customer_with_a_new_phone_is_read_and_answered() {
    let world = World::new().await;
    let (ana, shop, customer, _) = opened(&world).await;
    let new_phone = FaultRequest::new(FaultKind::IdentityChange).on(&customer);
    world.emulator.fault(new_phone.clone()).await.unwrap();
    world.emulator.send_text(&customer, &shop, "celular novo").await.unwrap();
    world.messages_until(&ana, |messages| texts(messages) == ["oi", "celular novo"]).await;

    // The phone changes again before the gateway has received anything from the new one.
    world.emulator.fault(new_phone).await.unwrap();
    ana.send(&world.store, "que bom").await;
    let answered = |messages: &[emulator::PhoneMessage]| {
        messages.last().is_some_and(|last| last.text.as_deref() == Some("que bom"))
    };
    world.emulator.until(&customer, &shop, PATIENCE, answered).await.unwrap();
}
