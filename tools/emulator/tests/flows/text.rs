//! One-to-one text, both ways, with real encryption on both ends.

use emulator::{Addressing, MessageKind, NewPhone};

use crate::client::{TIMEOUT, TestClient, emulator, text};

#[tokio::test]
async fn text_goes_both_ways() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, Some("Bia")).await.unwrap();

    emulator.send_text(&customer.number, &me.phone, "oi").await.unwrap();
    let received = client.message().await;
    assert_eq!(text(&received), "oi");
    assert_eq!(received.info.push_name, "Bia");
    assert_eq!(received.info.source.chat.to_string(), customer.lid);
    let by_number = received.info.source.sender_alt.clone().unwrap();
    assert_eq!(by_number.to_string(), customer.jid);

    let id = client.send(&customer.lid, "olá").await;
    let chat =
        emulator.until(&customer.number, &me.phone, TIMEOUT, |chat| chat.len() == 2).await.unwrap();
    assert_eq!(chat[1].id, id);
    assert_eq!(chat[1].text.as_deref(), Some("olá"));
    assert_eq!(chat[1].from, me.phone);
    assert!(!chat[1].from_me);

    // The account's own phone shows both, since it got a copy of its companion's message.
    let own =
        emulator.until(&me.phone, &customer.number, TIMEOUT, |chat| chat.len() == 2).await.unwrap();
    assert!(own.iter().any(|message| message.from_me && message.id == id));
    assert!(own.iter().all(|message| message.kind == MessageKind::Text));
}

#[tokio::test]
async fn a_customer_addressed_by_number_is_reached_and_reaches() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator
        .make_phone(NewPhone { addressing: Addressing::Pn, ..NewPhone::default() })
        .await
        .unwrap();

    client.send(&customer.jid, "bom dia").await;
    emulator.until(&customer.number, &me.phone, TIMEOUT, |chat| chat.len() == 1).await.unwrap();
    emulator.send_text(&customer.number, &me.phone, "bom dia!").await.unwrap();
    assert_eq!(text(&client.message().await), "bom dia!");
}

#[tokio::test]
async fn what_the_phone_writes_is_echoed_to_its_client() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();

    emulator.send_text(&me.phone, &customer.number, "do celular").await.unwrap();
    let echo = client.message().await;
    assert_eq!(text(&echo), "do celular");
    assert!(echo.info.source.is_from_me);
    assert_eq!(echo.info.source.chat.to_string(), customer.lid);
}

#[tokio::test]
async fn two_clients_of_one_phone_see_each_others_messages() {
    let emulator = emulator().await;
    let (first, me) = TestClient::linked(&emulator).await;
    let (second, _) = TestClient::linked_to(&emulator, &me.phone).await;
    let customer = emulator.new_phone(None, None).await.unwrap();

    first.send(&customer.jid, "da primeira").await;
    let seen = second.message().await;
    assert_eq!(text(&seen), "da primeira");
    assert!(seen.info.source.is_from_me);
}

#[tokio::test]
async fn two_clients_of_different_phones_chat() {
    let emulator = emulator().await;
    let (ana, _) = TestClient::linked(&emulator).await;
    let (bia, bia_device) = TestClient::linked(&emulator).await;

    let to = emulator.phone_info(&bia_device.phone).await.unwrap().jid;
    ana.send(&to, "oi, Bia").await;
    let received = bia.message().await;
    assert_eq!(text(&received), "oi, Bia");

    bia.send(&received.info.source.chat.to_string(), "oi, Ana").await;
    assert_eq!(text(&ana.message().await), "oi, Ana");
    let stats = emulator.stats();
    assert_eq!(stats.unknown_iqs, Vec::<String>::new());
}

#[tokio::test]
async fn a_device_linked_later_gets_the_next_message() {
    let emulator = emulator().await;
    let (ana, _) = TestClient::linked(&emulator).await;
    let (bia, bia_device) = TestClient::linked(&emulator).await;
    let to = emulator.phone_info(&bia_device.phone).await.unwrap().jid;
    ana.send(&to, "uma").await;
    assert_eq!(text(&bia.message().await), "uma");

    let (late, _) = TestClient::linked_to(&emulator, &bia_device.phone).await;
    ana.send(&to, "duas").await;
    assert_eq!(text(&late.message().await), "duas");
    assert_eq!(text(&bia.message().await), "duas");
}
