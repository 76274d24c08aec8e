//! Texts in both directions, and their delivery state.

mod support;

use emulator::{Card, FaultKind, FaultRequest};
use model::{Author, Delivery, MessageKind};
use support::{PATIENCE, World, last_delivery, new_id, texts};

#[tokio::test]
async fn a_customer_writes_and_gets_an_answer_from_that_number() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, Some("Cláudia")).await.unwrap().number;

    world.emulator.send_text(&customer, &shop, "Oi! Tem no tamanho M?").await.unwrap();
    let messages = world.messages_until(&ana, |messages| !messages.is_empty()).await;
    assert_eq!(texts(&messages), ["Oi! Tem no tamanho M?"]);
    assert_eq!(messages[0].author, Author::Contact { name: None });
    let chats = ana.chats().await;
    assert_eq!((chats[0].name.as_str(), chats[0].unread), ("Cláudia", 1));
    assert_eq!(chats[0].phone, Some(phone::number(&customer)));

    ana.send(&world.store, "Tem sim!").await;
    let there = world
        .emulator
        .until(&customer, &shop, PATIENCE, |messages| messages.len() == 2)
        .await
        .unwrap();
    assert_eq!(
        (there[1].from.as_str(), there[1].text.as_deref()),
        (shop.as_str(), Some("Tem sim!"))
    );
    let delivered = |messages: &[_]| last_delivery(messages) == Some(Delivery::Delivered);
    world.messages_until(&ana, delivered).await;

    world.emulator.read(&customer, &shop).await.unwrap();
    world.messages_until(&ana, |messages| last_delivery(messages) == Some(Delivery::Read)).await;
}

#[tokio::test]
async fn what_the_shops_own_phone_sends_is_in_the_chat_as_its_own() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    world.emulator.send_text(&shop, &customer, "Seu pedido saiu").await.unwrap();
    let messages = world.messages_until(&ana, |messages| !messages.is_empty()).await;
    assert_eq!(messages[0].author, Author::Phone);
    assert_eq!(ana.chats().await[0].unread, 0);
}

#[tokio::test]
async fn one_click_is_one_message_however_often_the_browser_asks() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    world.emulator.send_text(&customer, &shop, "oi").await.unwrap();
    world.messages_until(&ana, |messages| !messages.is_empty()).await;

    let (grant, chat) = ana.viewer.write_chat(ana.only_chat().await).await.unwrap();
    let id = new_id();
    let first =
        world.store.enqueue_text(&grant, chat.id, id.clone(), "uma vez", None).await.unwrap();
    let again = world.store.enqueue_text(&grant, chat.id, id, "uma vez", None).await.unwrap();
    assert_eq!(first.id, again.id);
    ana.send(&world.store, "depois").await;
    let there = world
        .emulator
        .until(&customer, &shop, PATIENCE, |messages| {
            messages.last().is_some_and(|last| last.text.as_deref() == Some("depois"))
        })
        .await
        .unwrap();
    let from_shop: Vec<_> = there.iter().filter(|message| !message.from_me).collect();
    assert_eq!(from_shop.len(), 2, "{there:#?}");
}

#[tokio::test]
async fn reading_here_tells_the_customer() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    world.emulator.send_text(&customer, &shop, "oi").await.unwrap();
    world.messages_until(&ana, |messages| !messages.is_empty()).await;
    ana.mark_read(&world.store, ana.only_chat().await).await;
    assert_eq!(ana.chats().await[0].unread, 0);
    let read =
        |messages: &[emulator::PhoneMessage]| messages[0].status == emulator::MessageStatus::Read;
    world.emulator.until(&customer, &shop, PATIENCE, read).await.unwrap();
}

#[tokio::test]
async fn a_customer_who_writes_to_two_numbers_is_two_chats() {
    let world = World::new().await;
    let (ana, sales) = world.connected("ana").await;
    let (bia, support) = world.connected("bia").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    world.emulator.send_text(&customer, &sales, "para vendas").await.unwrap();
    world.emulator.send_text(&customer, &support, "para suporte").await.unwrap();
    let in_sales = world.messages_until(&ana, |messages| !messages.is_empty()).await;
    let in_support = world.messages_until(&bia, |messages| !messages.is_empty()).await;
    assert_eq!((texts(&in_sales), texts(&in_support)), (vec!["para vendas"], vec!["para suporte"]));
    let foreign = bia.only_chat().await;
    assert!(matches!(ana.viewer.chat(foreign).await, Err(store::Error::NotFound)));

    ana.send(&world.store, "de vendas").await;
    let there = |messages: &[emulator::PhoneMessage]| messages.len() == 2;
    world.emulator.until(&customer, &sales, PATIENCE, there).await.unwrap();
    let from_support = world.emulator.messages(&customer, &support).await.unwrap();
    assert_eq!(from_support.len(), 1, "the answer left through the other number");
}

#[tokio::test]
async fn what_whatsapp_leaves_out_or_swaps_stands_where_it_was_sent() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    let fault = |kind| world.emulator.fault(FaultRequest::new(kind).on(&shop));
    let say = async |text| world.emulator.send_text(&customer, &shop, text).await.unwrap();

    fault(FaultKind::DropFrame).await.unwrap();
    say("um").await;
    say("dois").await;
    world.messages_until(&ana, |messages| texts(messages) == ["dois"]).await;
    ana.send(&world.store, "já vejo").await;
    fault(FaultKind::Drop).await.unwrap();
    world.messages_until(&ana, |messages| texts(messages) == ["um", "dois", "já vejo"]).await;

    fault(FaultKind::Reorder).await.unwrap();
    say("três").await;
    say("quatro").await;
    let messages = world.messages_until(&ana, |messages| messages.len() == 5).await;
    assert_eq!(texts(&messages)[3..], ["três", "quatro"]);
}

#[tokio::test]
async fn a_conversation_keeps_its_order_with_a_clock_that_is_ahead() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    // The fault sets the clock of WhatsApp behind, so the local one is ahead.
    let hour_behind = FaultRequest {
        skew_secs: Some(-3600),
        count: Some(1000),
        ..FaultRequest::new(FaultKind::ClockSkew)
    };
    world.emulator.fault(hour_behind).await.unwrap();

    let mut all = Vec::new();
    for n in 0..3 {
        let (question, answer) = (format!("pergunta {n}"), format!("resposta {n}"));
        world.emulator.send_text(&customer, &shop, &question).await.unwrap();
        all.push(question);
        world.messages_until(&ana, |messages| texts(messages) == all).await;
        ana.send(&world.store, &answer).await;
        all.push(answer);
        let delivered = |messages: &[_]| last_delivery(messages) == Some(Delivery::Delivered);
        let messages = world.messages_until(&ana, delivered).await;
        assert_eq!(texts(&messages), all);
    }
}

#[tokio::test]
async fn places_contacts_and_polls_have_cards() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    let (latitude, longitude) = (-15.794_229, -47.882_166);
    let options = vec!["Segunda".to_owned(), "Terça".to_owned()];
    for card in [
        Card::Location { latitude, longitude, name: Some("Portão".into()), address: None },
        Card::Contact { name: "Rui Sá".into(), number: "5561999990000".into() },
        Card::Poll { question: "Que dia?".into(), options },
    ] {
        world.emulator.send_card(&customer, &shop, &card).await.unwrap();
    }
    let messages = world.messages_until(&ana, |messages| messages.len() == 3).await;
    let said: Vec<_> = messages.iter().map(|one| (one.kind, one.text.as_str())).collect();
    let expected = [
        (MessageKind::Location, "Portão"),
        (MessageKind::Contact, "Rui Sá"),
        (MessageKind::Poll, "Que dia?"),
    ];
    assert_eq!(said, expected);
    let shown: Vec<_> = messages.iter().map(|one| fixtures::written(&one.rich)).collect();
    let expected = [
        "*Portão*\n[-15.794229, -47.882166](https://www.google.com/maps?q=-15.794229,-47.882166)",
        "*Rui Sá*\n[+55 61 99999-0000](/nova-conversa?telefone=%2B5561999990000&numero=1)",
        "*Que dia?*• [Segunda](/enquete/3?opcao=0#p0)\n• [Terça](/enquete/3?opcao=1#p0)\n\
         [](/enquete/3)",
    ];
    assert_eq!(shown, expected);
}
