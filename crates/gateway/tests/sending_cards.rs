//! Places and contacts: those that are sent from here, on the phone of a customer, and a place that a customer
//! shares for a time.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use emulator::{Card, LiveLocation, MessageKind, PhoneMessage};
use model::content::{Contact, Coordinates, Place};
use model::{MessageContent, MessageId};
use support::{Agent, PATIENCE, World, new_id};

/// Links a number to which a customer wrote.
async fn talk(world: &World) -> (Agent, String, String) {
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    world.emulator.send_text(&customer, &shop, "onde fica?").await.unwrap();
    world.messages_until(&ana, |messages| !messages.is_empty()).await;
    (ana, shop, customer)
}

async fn send(world: &World, ana: &Agent, content: MessageContent, reply_to: Option<MessageId>) {
    let (grant, chat) = ana.viewer.write_chat(ana.only_chat().await).await.unwrap();
    world.store.enqueue_content(&grant, chat.id, new_id(), content, reply_to).await.unwrap();
}

/// Returns the messages of the shop once so many of them are on the customer's phone.
async fn arrived(world: &World, customer: &str, shop: &str, count: usize) -> Vec<PhoneMessage> {
    let of_shop = |messages: &[PhoneMessage]| {
        messages.iter().filter(|message| message.from == shop).cloned().collect::<Vec<_>>()
    };
    let all = world
        .emulator
        .until(customer, shop, PATIENCE, |messages| of_shop(messages).len() == count)
        .await
        .unwrap();
    of_shop(&all)
}

#[tokio::test]
async fn a_place_arrives_with_its_point_its_words_and_its_quote() {
    let world = World::new().await;
    let (ana, shop, customer) = talk(&world).await;
    let question = world.messages_until(&ana, |messages| !messages.is_empty()).await.remove(0);
    let place = Place {
        at: Coordinates::of_degrees(-15.794_229, -47.882_166),
        name: "Loja Pirata".to_owned(),
        address: "SQN 102".to_owned(),
        report: None,
    };
    send(&world, &ana, MessageContent::Location(place), Some(question.id)).await;
    let there = arrived(&world, &customer, &shop, 1).await.remove(0);
    assert_eq!((there.kind, there.copies), (MessageKind::Location, 1));
    assert_eq!(there.quoted.as_deref(), Some(question.wa_id.as_str()));
    let location = there.location.unwrap();
    assert_eq!(location.latitude.as_f64(), Some(-15.794_229));
    assert_eq!(location.longitude.as_f64(), Some(-47.882_166));
    assert_eq!(location.name.as_deref(), Some("Loja Pirata"));
    assert_eq!(location.address.as_deref(), Some("SQN 102"));
}

#[tokio::test]
async fn contacts_arrive_with_the_numbers_to_chat_with() {
    let world = World::new().await;
    let (ana, shop, customer) = talk(&world).await;
    let contact = |name: &str, phone: &str| Contact {
        name: name.to_owned(),
        phones: vec![phone.to_owned()],
        ..Contact::default()
    };
    let rui = contact("Rui; Sá", "+5561999990000");
    let eva = contact("Eva", "+55 61 3333-0000");
    send(&world, &ana, MessageContent::Contacts(vec![rui.clone()]), None).await;
    send(&world, &ana, MessageContent::Contacts(vec![rui, eva]), None).await;
    let there = arrived(&world, &customer, &shop, 2).await;
    let names = |message: &PhoneMessage| {
        message.contacts.iter().map(|one| one.name.clone()).collect::<Vec<_>>()
    };
    assert!(there.iter().all(|one| one.kind == MessageKind::Contact), "{there:?}");
    assert_eq!(names(&there[0]), ["Rui; Sá"]);
    assert_eq!(names(&there[1]), ["Rui; Sá", "Eva"]);
    let [rui, eva] = &there[1].contacts[..] else { panic!("{there:?}") };
    assert_eq!(rui.numbers, ["+55 61 99999-0000"]);
    assert_eq!(rui.whatsapp, ["5561999990000"]);
    assert_eq!(eva.numbers, ["+55 61 3333-0000"]);
    assert!(eva.whatsapp.is_empty(), "{eva:?}");
}

#[tokio::test]
async fn a_place_that_is_shared_for_a_time_moves_and_stays_where_it_ends() {
    let world = World::new().await;
    let (ana, shop, customer) = talk(&world).await;
    let report = async |latitude: f64, sequence: i64, ended: bool| {
        let place =
            LiveLocation { latitude, longitude: 2.0, sequence, ended, ..Default::default() };
        let card = Card::LiveLocation(place);
        world.emulator.send_card(&customer, &shop, &card).await.unwrap();
        let point = format!("{latitude:.6}, 2.000000");
        let is_there = |message: &model::Message| fixtures::written(&message.rich).contains(&point);
        let messages = world.messages_until(&ana, |messages| messages.iter().any(is_there)).await;
        messages.iter().map(|message| message.kind).collect::<Vec<_>>()
    };
    let [text, live, place] =
        [model::MessageKind::Text, model::MessageKind::LiveLocation, model::MessageKind::Location];
    assert_eq!(report(1.0, 1, false).await, [text, live]);
    assert_eq!(report(3.0, 2, false).await, [text, live]);
    assert_eq!(report(4.0, 0, true).await, [text, place]);
}
