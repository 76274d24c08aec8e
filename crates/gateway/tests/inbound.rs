//! Each message that a person sends is in the chat with that person, and other stanzas create none.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::time::Duration;

use emulator::{Addressing, NewPhone, Presentation, ReceiptType};
use gateway::Pauses;
use model::content::{Call, CallOutcome, System};
use model::{Author, Chat, Message, Notice, PhoneNumber};
use support::{Agent, PATIENCE, World, texts};
use whatsapp_rust::buffa::Message as _;
use whatsapp_rust::prelude::{MessageField, wa};
use whatsapp_rust::waproto::whatsapp::message::{
    AlbumMessage, AppStateSyncKeyShare, ExtendedTextMessage, HistorySyncNotification,
    InvoiceMessage, KeepInChatMessage, PinInChatMessage, ProtocolMessage, SecretEncryptedMessage,
    SenderKeyDistributionMessage, protocol_message::Type,
};

/// Waits until the chats of an agent match.
async fn chats_until(world: &World, agent: &Agent, wanted: impl Fn(&[Chat]) -> bool) -> Vec<Chat> {
    world.rows_until(async || agent.chats().await, wanted).await
}

/// Links the number of an agent with a phone of a certain addressing.
async fn linked_as(world: &World, name: &str, addressing: Addressing) -> (Agent, String) {
    let new = NewPhone { number: None, name: Some("Loja".into()), addressing };
    let phone = world.emulator.make_phone(new).await.unwrap().number;
    let agent = world.agent(name).await;
    world.pool.connect(&agent.manage().await).await.unwrap();
    let qr = world.qr(agent.connection).await;
    world.emulator.scan_with(&phone, &qr).await.unwrap();
    world.until(agent.connection, |state| *state == model::ConnectionState::Connected).await;
    (agent, phone)
}

async fn customer(world: &World, addressing: Addressing) -> String {
    let new = NewPhone { number: None, name: Some("Cláudia".into()), addressing };
    world.emulator.make_phone(new).await.unwrap().number
}

/// Returns the number of the other side in international digits.
fn digits(chat: &Chat) -> Option<String> {
    chat.phone.as_ref().map(PhoneNumber::digits)
}

#[tokio::test]
async fn what_the_own_phone_reads_is_read_here_up_to_there() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let customer = customer(&world, addressing).await;
        for text in ["um", "dois"] {
            world.emulator.send_text(&customer, &shop, text).await.unwrap();
        }
        world.emulator.until(&shop, &customer, PATIENCE, |chat| chat.len() == 2).await.unwrap();
        chats_until(&world, &ana, |chats| chats[..].first().is_some_and(|chat| chat.unread == 2))
            .await;
        // Read receipts are on, so WhatsApp sends `read` instead of `read-self`.
        world.emulator.read(&shop, &customer).await.unwrap();
        chats_until(&world, &ana, |chats| chats.iter().all(|chat| chat.unread == 0)).await;
        // All other receipt types count too: for played messages, and without notice to others.
        let ways = [
            ReceiptType::Played,
            ReceiptType::ReadSelf,
            ReceiptType::PlayedSelf,
            ReceiptType::Read,
        ];
        for (nth, reading) in ways.into_iter().enumerate() {
            world.emulator.send_text(&customer, &shop, "mais").await.unwrap();
            chats_until(&world, &ana, |chats| chats[0].unread == 1).await;
            let is_there = |chat: &[emulator::PhoneMessage]| chat.len() == nth + 3;
            world.emulator.until(&shop, &customer, PATIENCE, is_there).await.unwrap();
            world.emulator.read_as(&shop, &customer, reading).await.unwrap();
            chats_until(&world, &ana, |chats| chats.iter().all(|chat| chat.unread == 0)).await;
        }
    }
}

#[tokio::test]
async fn what_the_phone_read_while_the_number_was_away_is_not_unread_afterwards() {
    let mut world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = customer(&world, Addressing::Lid).await;
    world.stop().await;
    for n in 0..20 {
        world.emulator.send_text(&customer, &shop, &format!("recado {n}")).await.unwrap();
    }
    world.emulator.until(&shop, &customer, PATIENCE, |chat| chat.len() == 20).await.unwrap();
    world.emulator.read(&shop, &customer).await.unwrap();
    world.start_again().await;
    world.messages_until(&ana, |messages| messages.len() == 20).await;
    chats_until(&world, &ana, |chats| chats[0].unread == 0).await;
}

#[tokio::test]
async fn a_broadcast_is_in_the_chat_with_whoever_sent_it_and_a_story_nowhere() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let customer = customer(&world, addressing).await;
        let list = Presentation::Broadcast("1700000000".into());
        let story = Presentation::Broadcast("status".into());
        let say = async |text, presentation: &Presentation| {
            world.emulator.send_as(&customer, &shop, text, presentation).await.unwrap();
        };
        say("na lista", &list).await;
        say("um story", &story).await;
        say("direto", &Presentation::Plain).await;
        let messages =
            world.messages_until(&ana, |messages| texts(messages).last() == Some(&"direto")).await;
        assert_eq!(texts(&messages), ["na lista", "direto"]);
        let chat = ana.chats().await.remove(0);
        assert_eq!((chat.name.as_str(), digits(&chat).as_deref()), ("Cláudia", Some(&*customer)));

        // A message of the own phone to a list is in the chat of each recipient.
        world.emulator.send_as(&shop, &customer, "promoção", &list).await.unwrap();
        let messages = world.messages_until(&ana, |messages| messages.len() == 3).await;
        assert_eq!((&*messages[2].text, &messages[2].author), ("promoção", &Author::Phone));
    }
    assert_eq!(ana.chats().await.len(), 2);
}

#[tokio::test]
async fn a_hosted_business_is_the_same_contact_as_before() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    for (number, addressing) in [(1, Addressing::Lid), (2, Addressing::Pn)] {
        let customer = customer(&world, addressing).await;
        for (text, presentation) in [
            ("antes", Presentation::Plain),
            ("hospedada", Presentation::Hosted),
            ("depois", Presentation::Plain),
        ] {
            world.emulator.send_as(&customer, &shop, text, &presentation).await.unwrap();
            let is_there = |messages: &[_]| texts(messages).last() == Some(&text);
            world.messages_until(&ana, is_there).await;
        }
        let chats = ana.chats().await;
        assert_eq!(chats.len(), number, "{chats:#?}");
        assert_eq!(digits(&chats[0]).as_deref(), Some(&*customer));
        ana.viewer.write_chat(chats[0].id).await.unwrap();
        let messages = ana.viewer.messages(chats[0].id, None, 10).await.unwrap();
        assert_eq!(texts(&messages), ["antes", "hospedada", "depois"]);
    }
}

/// Returns messages that are no message to a person.
fn silent() -> Vec<wa::Message> {
    let protocol = |kind: Type| ProtocolMessage { r#type: Some(kind), ..Default::default() };
    let mut keys = protocol(Type::APP_STATE_SYNC_KEY_SHARE);
    keys.app_state_sync_key_share = MessageField::some(AppStateSyncKeyShare::default());
    let mut history = protocol(Type::HISTORY_SYNC_NOTIFICATION);
    history.history_sync_notification = MessageField::some(HistorySyncNotification::default());
    let mut all: Vec<wa::Message> = [
        keys,
        history,
        protocol(Type::PEER_DATA_OPERATION_REQUEST_MESSAGE),
        protocol(Type::LIMIT_SHARING),
        protocol(Type::CHAT_THEME_SETTING),
    ]
    .into_iter()
    .map(|protocol| wa::Message {
        protocol_message: MessageField::some(protocol),
        ..Default::default()
    })
    .collect();
    let key =
        || MessageField::some(wa::MessageKey { id: Some("3EB0FFFF".into()), ..Default::default() });
    let sealed = SecretEncryptedMessage {
        target_message_key: key(),
        enc_payload: Some(vec![7; 48]),
        enc_iv: Some(vec![7; 12]),
        ..Default::default()
    };
    all.push(wa::Message {
        secret_encrypted_message: MessageField::some(sealed),
        ..Default::default()
    });
    let pin = PinInChatMessage { key: key(), ..Default::default() };
    all.push(wa::Message { pin_in_chat_message: MessageField::some(pin), ..Default::default() });
    let keep = KeepInChatMessage { key: key(), ..Default::default() };
    all.push(wa::Message { keep_in_chat_message: MessageField::some(keep), ..Default::default() });
    let album = MessageField::some(AlbumMessage::default());
    all.push(wa::Message { album_message: album, ..Default::default() });
    let group_key = SenderKeyDistributionMessage {
        group_id: Some("120363041234567890@g.us".into()),
        ..Default::default()
    };
    all.push(wa::Message {
        sender_key_distribution_message: MessageField::some(group_key),
        ..Default::default()
    });
    all.push(wa::Message { conversation: Some(String::new()), ..Default::default() });
    let nothing = ExtendedTextMessage { text: Some(String::new()), ..Default::default() };
    all.push(wa::Message {
        extended_text_message: MessageField::some(nothing),
        ..Default::default()
    });
    all
}

#[tokio::test]
async fn keys_settings_and_sealed_changes_are_no_bubbles() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = customer(&world, Addressing::Lid).await;
    for message in silent() {
        let content = message.encode_to_vec();
        world
            .emulator
            .send_content(&customer, &shop, &content, &Presentation::Plain)
            .await
            .unwrap();
    }
    // A message of an unknown kind is shown nevertheless.
    let invoice = InvoiceMessage { note: Some("nota".into()), ..Default::default() };
    let invoice =
        wa::Message { invoice_message: MessageField::some(invoice), ..Default::default() };
    let invoice = invoice.encode_to_vec();
    world.emulator.send_content(&customer, &shop, &invoice, &Presentation::Plain).await.unwrap();
    world.emulator.send_text(&customer, &shop, "oi").await.unwrap();
    let messages =
        world.messages_until(&ana, |messages| texts(messages).last() == Some(&"oi")).await;
    let kinds: Vec<_> = messages.iter().map(|message| message.kind).collect();
    assert_eq!(kinds, [model::MessageKind::Unsupported, model::MessageKind::Text]);
    assert_eq!(ana.chats().await.len(), 1);
}

#[tokio::test]
async fn an_unanswered_call_is_a_message_of_the_caller() {
    let world = World::new().await;
    let (ana, shop) = linked_as(&world, "ana", Addressing::Lid).await;
    let customer = customer(&world, Addressing::Lid).await;
    world.emulator.call(&customer, &shop, false).await.unwrap();
    let call = Call { video: Some(false), outcome: CallOutcome::Missed };
    let is_missed = |messages: &[Message]| {
        messages.len() == 1 && messages[0].notice == Some(Notice::Call(call))
    };
    world.messages_until(&ana, is_missed).await;
    // It is the chat of the customer's messages, whichever comes first.
    world.emulator.send_text(&customer, &shop, "atende!").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 2).await;
    world.emulator.call(&customer, &shop, false).await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 3).await;
    let chats = ana.chats().await;
    assert_eq!((chats.len(), chats[0].unread), (1, 3));
    assert_eq!(digits(&chats[0]).as_deref(), Some(&*customer));
}

#[tokio::test]
async fn the_timer_of_a_chat_is_a_notice() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = customer(&world, Addressing::Lid).await;
    let setting = ProtocolMessage {
        r#type: Some(Type::EPHEMERAL_SETTING),
        ephemeral_expiration: Some(604_800),
        ..Default::default()
    };
    let setting =
        wa::Message { protocol_message: MessageField::some(setting), ..Default::default() };
    let setting = setting.encode_to_vec();
    world.emulator.send_content(&customer, &shop, &setting, &Presentation::Plain).await.unwrap();
    let messages = world.messages_until(&ana, |messages| messages.len() == 1).await;
    let timer = System::Timer { seconds: 604_800 };
    assert_eq!(messages[0].notice, Some(Notice::System(timer)));
    assert_eq!(ana.chats().await[0].unread, 0);
}

#[tokio::test]
async fn notes_to_oneself_are_one_chat_with_the_own_number() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let mut world = World::new().await;
        let (ana, shop) = linked_as(&world, "ana", addressing).await;
        world.emulator.send_text(&shop, &shop, "nota").await.unwrap();
        let messages = world.messages_until(&ana, |messages| messages.len() == 1).await;
        assert_eq!(messages[0].author, Author::Phone);
        ana.send(&world.store, "anotado").await;
        let there = |messages: &[emulator::PhoneMessage]| messages.len() == 2;
        let on_phone = world.emulator.until(&shop, &shop, PATIENCE, there).await.unwrap();
        assert!(on_phone.iter().all(|message| message.from_me), "{on_phone:#?}");
        world.emulator.send_text(&shop, &shop, "mais uma").await.unwrap();
        let messages = world.messages_until(&ana, |messages| messages.len() == 3).await;
        assert_eq!(texts(&messages), ["nota", "anotado", "mais uma"]);

        world.restart().await;
        world.emulator.send_text(&shop, &shop, "depois").await.unwrap();
        world.messages_until(&ana, |messages| messages.len() == 4).await;
        let chats = ana.chats().await;
        let [chat] = &chats[..] else { panic!("{chats:#?}") };
        assert!(chat.myself, "{chat:#?}");
        assert_eq!((digits(chat).as_deref(), chat.unread), (Some(&*shop), 0));
    }
}

#[tokio::test]
async fn names_of_the_address_book_are_shown() {
    let world = World::new().await;
    let shop = world.emulator.new_phone(None, Some("Loja")).await.unwrap().number;
    let (before, after) =
        (customer(&world, Addressing::Lid).await, customer(&world, Addressing::Pn).await);
    // One contact is in the address book when the phone is linked. The other is added later and
    // renamed.
    world.emulator.save_contact(&shop, &before, "Cláudia Dias").await.unwrap();
    let ana = world.agent("ana").await;
    world.pool.connect(&ana.manage().await).await.unwrap();
    let qr = world.qr(ana.connection).await;
    world.emulator.scan_with(&shop, &qr).await.unwrap();
    world.until(ana.connection, |state| *state == model::ConnectionState::Connected).await;
    for customer in [&before, &after] {
        world.emulator.send_text(customer, &shop, "oi").await.unwrap();
    }
    let named = |chats: &[Chat], phone: &str, name: &str| {
        chats.iter().any(|chat| digits(chat).as_deref() == Some(phone) && chat.name == name)
    };
    chats_until(&world, &ana, |chats| chats.len() == 2 && named(chats, &before, "Cláudia Dias"))
        .await;
    for name in ["Bruna Sá", "Bruna da padaria"] {
        world.emulator.save_contact(&shop, &after, name).await.unwrap();
        chats_until(&world, &ana, |chats| named(chats, &after, name)).await;
    }
    assert_eq!(ana.chats().await.len(), 2);
}

#[tokio::test]
async fn who_is_known_by_lid_alone_gets_a_number_when_it_is_learned() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let first = customer(&world, Addressing::Lid).await;
    let withheld = Presentation::NumberWithheld;
    world.emulator.send_as(&first, &shop, "oi", &withheld).await.unwrap();
    chats_until(&world, &ana, |chats| chats.len() == 1).await;
    assert_eq!(ana.chats().await[0].phone, None);
    // The address book has the number.
    world.emulator.save_contact(&shop, &first, "Ana Lima").await.unwrap();
    let chats = chats_until(&world, &ana, |chats| chats[0].phone.is_some()).await;
    assert_eq!(digits(&chats[0]).as_deref(), Some(&*first));

    // The number of the second contact comes with a later message, and its two chats are merged.
    let second = customer(&world, Addressing::Lid).await;
    world.emulator.send_as(&second, &shop, "de novo", &withheld).await.unwrap();
    chats_until(&world, &ana, |chats| chats.len() == 2 && chats[0].phone.is_none()).await;
    world.emulator.send_text(&second, &shop, "meu número").await.unwrap();
    let chats =
        chats_until(&world, &ana, |chats| chats.iter().all(|chat| chat.phone.is_some())).await;
    assert_eq!(chats.len(), 2, "{chats:#?}");
    assert_eq!(digits(&chats[0]).as_deref(), Some(&*second));
}

#[tokio::test]
async fn an_answer_finds_the_number_of_who_is_known_by_lid_alone() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = customer(&world, Addressing::Lid).await;
    world.emulator.send_as(&customer, &shop, "oi", &Presentation::NumberWithheld).await.unwrap();
    chats_until(&world, &ana, |chats| chats.len() == 1).await;
    ana.send(&world.store, "olá").await;
    let chats = chats_until(&world, &ana, |chats| chats[0].phone.is_some()).await;
    assert_eq!(digits(&chats[0]).as_deref(), Some(&*customer));
}

#[tokio::test]
async fn what_was_read_while_the_number_was_away_is_told_when_it_is_back() {
    let mut world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = customer(&world, Addressing::Lid).await;
    for text in ["um", "dois"] {
        world.emulator.send_text(&customer, &shop, text).await.unwrap();
    }
    world.messages_until(&ana, |messages| messages.len() == 2).await;
    let chat = ana.only_chat().await;
    world.stop().await;
    ana.mark_read(&world.store, chat).await;
    // A second time changes nothing.
    ana.mark_read(&world.store, chat).await;
    let outbox = world.store.outbox(ana.connection);
    assert_eq!(outbox.next_reads(10).await.unwrap().len(), 1);
    world.start_again().await;
    world.emulator.until(&customer, &shop, PATIENCE, are_read).await.unwrap();
}

#[tokio::test]
async fn what_was_read_while_the_connection_was_lost_is_told_after_it() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = customer(&world, Addressing::Lid).await;
    world.emulator.send_text(&customer, &shop, "oi").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 1).await;
    let drop = emulator::FaultRequest::new(emulator::FaultKind::Drop).on(&shop);
    world.emulator.fault(drop).await.unwrap();
    world.until(ana.connection, |state| *state != model::ConnectionState::Connected).await;
    ana.mark_read(&world.store, ana.only_chat().await).await;
    world.emulator.until(&customer, &shop, PATIENCE, are_read).await.unwrap();
}

fn are_read(messages: &[emulator::PhoneMessage]) -> bool {
    messages.iter().all(|message| message.status == emulator::MessageStatus::Read)
}

#[tokio::test]
async fn a_number_is_online_only_while_somebody_has_a_page_of_it_open() {
    let online_grace = Duration::from_millis(500);
    let world = World::with_pauses(Pauses { online_grace, ..Pauses::default() }).await;
    let (ana, shop) = world.connected("ana").await;
    let customer = customer(&world, Addressing::Lid).await;
    let online = async |wanted: bool| {
        let is = move |phone: &emulator::PhoneInfo| phone.devices[0].available == wanted;
        world.emulator.until_phone(&shop, PATIENCE, is).await.unwrap();
    };
    online(false).await;
    // It still accepts messages, and sends receipts of delivery.
    world.emulator.send_text(&customer, &shop, "oi").await.unwrap();
    let delivered = |messages: &[emulator::PhoneMessage]| {
        messages[0].status == emulator::MessageStatus::Delivered
    };
    world.emulator.until(&customer, &shop, PATIENCE, delivered).await.unwrap();

    let mut page = world.pool.watching();
    page.set([ana.connection].into());
    online(true).await;
    // A broken connection does not change that.
    let drop = emulator::FaultRequest::new(emulator::FaultKind::Drop).on(&shop);
    world.emulator.fault(drop).await.unwrap();
    world.until(ana.connection, |state| *state != model::ConnectionState::Connected).await;
    world.until(ana.connection, |state| *state == model::ConnectionState::Connected).await;
    online(true).await;
    drop_page(page);
    online(false).await;
    // Neither does one that breaks while no page is open, nor a new name.
    let restart = emulator::FaultRequest::new(emulator::FaultKind::Restart).on(&shop);
    world.emulator.fault(restart).await.unwrap();
    world.emulator.set_name(&shop, "Loja Nova").await.unwrap();
    world.emulator.send_text(&customer, &shop, "ainda aí?").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 2).await;
    online(false).await;
}

fn drop_page(page: gateway::Watching) {
    drop(page);
}
