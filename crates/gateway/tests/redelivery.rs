//! Messages that the library has decrypted before and has no copy of, as after a kill between its
//! two writes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use emulator::{FaultKind, FaultRequest, PhoneInfo, Presentation};
use model::{Message, MessageKind};
use sea_orm::{ConnectionTrait as _, Database};
use support::{Agent, PATIENCE, World, texts};
use whatsapp_rust::buffa::Message as _;
use whatsapp_rust::prelude::{MessageField, wa};
use whatsapp_rust::waproto::whatsapp::message::{ProtocolMessage, protocol_message::Type};

/// A number with a customer, who has written a first message.
struct Shop {
    ana: Agent,
    phone: String,
    customer: String,
    /// The id of the first message at WhatsApp.
    first: String,
}

async fn shop(world: &World) -> Shop {
    let (ana, phone) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    let first = world.emulator.send_text(&customer, &phone, "antes").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 1).await;
    confirmed(world, &phone).await;
    Shop { ana, phone, customer, first }
}

/// Waits until the number has confirmed everything that WhatsApp had for it.
async fn confirmed(world: &World, phone: &str) {
    let all = |phone: &PhoneInfo| phone.devices[0].queued == 0;
    world.emulator.until_phone(phone, PATIENCE, all).await.unwrap();
}

/// Makes WhatsApp deliver the next messages to the number again after its next connection.
async fn lose_receipts(world: &World, phone: &str, count: u32) {
    let lost = FaultRequest { count: Some(count), ..FaultRequest::new(FaultKind::LostReceipt) };
    world.emulator.fault(lost.on(phone)).await.unwrap();
}

/// Receives a message of the customer.
async fn say(world: &World, shop: &Shop, text: &str) {
    world.emulator.send_text(&shop.customer, &shop.phone, text).await.unwrap();
    let is_there = |messages: &[Message]| texts(messages).last() == Some(&text);
    world.messages_until(&shop.ana, is_there).await;
}

/// Receives a message, and stops as if the process had been killed after the library wrote
/// its Signal sessions and before anything else of the message was written.
async fn lose_a_message(world: &mut World, shop: &Shop) {
    lose_receipts(world, &shop.phone, 1).await;
    say(world, shop, "perdida").await;
    say(world, shop, "depois").await;
    world.stop().await;
    let database = Database::connect(world.database()).await.unwrap();
    let delete = "DELETE FROM message WHERE text = 'perdida'";
    assert_eq!(database.execute_unprepared(delete).await.unwrap().rows_affected(), 1);
    assert_eq!(texts(&shop.ana.messages().await), ["antes", "depois"]);
}

async fn pending(shop: &Shop) -> u32 {
    shop.ana.viewer.connection(shop.ana.connection).await.unwrap().pending
}

#[tokio::test]
async fn a_message_that_only_the_library_has_read_comes_again_from_the_phone() {
    let mut world = World::new().await;
    let shop = shop(&world).await;
    lose_a_message(&mut world, &shop).await;
    world.start_again().await;
    let all = ["antes", "perdida", "depois"];
    world.messages_until(&shop.ana, |messages| texts(messages) == all).await;
    confirmed(&world, &shop.phone).await;
    assert_eq!(texts(&shop.ana.messages().await), all);
    assert_eq!(pending(&shop).await, 0);
}

#[tokio::test]
async fn a_message_that_the_phone_does_not_give_leaves_a_placeholder_in_its_place() {
    let mut world = World::new().await;
    let shop = shop(&world).await;
    lose_a_message(&mut world, &shop).await;
    let asleep = FaultRequest::new(FaultKind::PhoneAsleep).on(&shop.phone);
    world.emulator.fault(asleep).await.unwrap();
    world.start_again().await;
    confirmed(&world, &shop.phone).await;
    let messages = shop.ana.messages().await;
    let kinds: Vec<_> = messages.iter().map(|message| message.kind).collect();
    assert_eq!(kinds, [MessageKind::Text, MessageKind::Undecryptable, MessageKind::Text]);
    assert_eq!(pending(&shop).await, 1);
}

#[tokio::test]
async fn a_message_that_is_stored_is_not_asked_for_again() {
    let mut world = World::new().await;
    let shop = shop(&world).await;
    lose_receipts(&world, &shop.phone, 1).await;
    say(&world, &shop, "de novo").await;
    world.restart().await;
    confirmed(&world, &shop.phone).await;
    assert_eq!(texts(&shop.ana.messages().await), ["antes", "de novo"]);
    assert_eq!(pending(&shop).await, 0);
}

#[tokio::test]
async fn a_setting_and_a_reaction_that_come_again_leave_no_placeholder() {
    let mut world = World::new().await;
    let shop = shop(&world).await;
    lose_receipts(&world, &shop.phone, 2).await;
    let setting = ProtocolMessage { r#type: Some(Type::CHAT_THEME_SETTING), ..Default::default() };
    let setting =
        wa::Message { protocol_message: MessageField::some(setting), ..Default::default() };
    let setting = setting.encode_to_vec();
    let Shop { ana, phone, customer, first } = &shop;
    world.emulator.send_content(customer, phone, &setting, &Presentation::Plain).await.unwrap();
    // It comes after the setting, in the same chat.
    world.emulator.react(customer, phone, first, "❤").await.unwrap();
    let reacted = |messages: &[Message]| messages.iter().all(|one| one.reactions.len() == 1);
    world.messages_until(ana, reacted).await;
    world.restart().await;
    // Both are confirmed once a placeholder of the setting is stored, which the phone's answer
    // removes.
    confirmed(&world, phone).await;
    let messages = world.messages_until(ana, |messages| messages.len() == 1).await;
    assert_eq!((&*messages[0].text, messages[0].reactions.len()), ("antes", 1));
    assert_eq!(pending(&shop).await, 0);
}
