//! A number belongs to the phone that linked it first, so messages leave through the number that
//! the customer knows.

mod support;

use model::{ConnectionId, ConnectionState, EndReason};
use support::{Agent, PATIENCE, World, texts};

/// Unlinks the phone of a number, as "Desconectar" does.
async fn disconnect(world: &World, ana: &Agent) {
    world.pool.disconnect(&ana.manage().await).await.expect("it is unlinked");
    let ended = ConnectionState::Disconnected { reason: Some(EndReason::UnlinkedHere) };
    world.until(ana.connection, |state| *state == ended).await;
}

/// Scans the QR of a number with a phone.
async fn scan(world: &World, ana: &Agent, number: ConnectionId, phone: &str) {
    let manage = ana.viewer.grant_manage(number).await.expect("their own");
    world.pool.connect(&manage).await.expect("connecting begins");
    let qr = world.qr(number).await;
    world.emulator.scan_with(phone, &qr).await.expect("it links");
}

async fn ends(world: &World, number: ConnectionId, reason: EndReason) {
    let ended = ConnectionState::Disconnected { reason: Some(reason) };
    world.until(number, |state| *state == ended).await;
}

#[tokio::test]
async fn another_phone_in_its_place_is_unlinked_and_its_own_answers_as_before() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, Some("Cláudia")).await.unwrap().number;
    world.emulator.send_text(&customer, &shop, "Oi!").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 1).await;
    disconnect(&world, &ana).await;
    // A message that is queued while no phone is linked waits for the right phone.
    ana.send(&world.store, "Tem sim!").await;

    let other = world.emulator.new_phone(Some("5561999990044"), None).await.unwrap().number;
    // The message waits for the first login, and would come with it.
    world.emulator.send_text(&customer, &other, "segredo").await.unwrap();
    scan(&world, &ana, ana.connection, &other).await;
    ends(&world, ana.connection, EndReason::WrongNumber { ends_in: 44 }).await;
    assert!(!world.keys(ana.connection).exists());
    assert!(world.emulator.phone_info(&other).await.unwrap().devices.is_empty());
    let row = ana.viewer.connection(ana.connection).await.unwrap();
    assert_eq!((row.linked, row.phone.as_deref()), (false, Some(shop.as_str())));
    assert_eq!(texts(&ana.messages().await), ["Oi!", "Tem sim!"]);

    scan(&world, &ana, ana.connection, &shop).await;
    world.until(ana.connection, |state| *state == ConnectionState::Connected).await;
    let there = world.emulator.until(&customer, &shop, PATIENCE, |all| all.len() == 2).await;
    assert_eq!(there.unwrap()[1].text.as_deref(), Some("Tem sim!"));
    assert_eq!(texts(&ana.messages().await), ["Oi!", "Tem sim!"]);
}

#[tokio::test]
async fn the_phone_of_one_number_is_refused_for_another_and_goes_on() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let bia = world.agent("bia").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    scan(&world, &bia, bia.connection, &shop).await;
    ends(&world, bia.connection, EndReason::PhoneInUse { number: ana.connection }).await;
    assert_eq!(world.emulator.phone_info(&shop).await.unwrap().devices.len(), 1);

    world.emulator.send_text(&customer, &shop, "Oi!").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 1).await;
    assert!(bia.chats().await.is_empty());
    // Only users who may read the other number get its label.
    assert_eq!(bia.viewer.connection(bia.connection).await.unwrap().phone_holder, None);
    let new = fixtures::number("Suporte");
    let second = ana.viewer.add_connection(new).await.unwrap();
    scan(&world, &ana, second, &shop).await;
    ends(&world, second, EndReason::PhoneInUse { number: ana.connection }).await;
    let row = ana.viewer.connection(second).await.unwrap();
    assert_eq!(row.phone_holder.as_deref(), Some("WhatsApp"));
}

#[tokio::test]
async fn a_number_whose_phone_changed_begins_anew_with_the_same_customer() {
    let mut world = World::new().await;
    let (ana, old) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, Some("Cláudia")).await.unwrap().number;
    world.emulator.send_text(&customer, &old, "antes").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 1).await;
    disconnect(&world, &ana).await;
    let new = world.emulator.new_phone(Some("5561999990044"), None).await.unwrap().number;
    scan(&world, &ana, ana.connection, &new).await;
    ends(&world, ana.connection, EndReason::WrongNumber { ends_in: 44 }).await;

    let successor = world.pool.change_phone(&ana.manage().await).await.unwrap();
    let described = world.pool.describe(ana.viewer.connection(ana.connection).await.unwrap());
    assert_eq!(described.state, ConnectionState::Disconnected { reason: None });
    assert_eq!(described.replaced_by, Some(successor));
    scan(&world, &ana, successor, &new).await;
    world.until(successor, |state| *state == ConnectionState::Connected).await;
    world.restart().await;
    world.until(successor, |state| *state == ConnectionState::Connected).await;
    let mut events = world.store.hub().subscribe();
    world.emulator.send_text(&customer, &new, "depois").await.unwrap();
    while ana.chats().await.len() < 2 {
        events.recv().await.expect("an event");
    }
    let chats = ana.chats().await;
    assert_eq!(
        chats.iter().map(|chat| chat.connection).collect::<Vec<_>>(),
        [successor, ana.connection]
    );
    let begun = ana.viewer.messages(chats[0].id, None, 10).await.unwrap();
    assert_eq!(texts(&begun), ["depois"]);
    let (grant, chat) = ana.viewer.write_chat(chats[1].id).await.unwrap();
    let answer =
        world.store.enqueue_text(&grant, chat.id, support::new_id(), "por qual?", None).await;
    assert!(matches!(answer, Err(store::Error::Replaced)));
}
