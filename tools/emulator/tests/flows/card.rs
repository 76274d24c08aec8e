//! Places, contacts and polls.

use emulator::{Card, MessageKind};

use crate::client::{TIMEOUT, TestClient, emulator};

#[tokio::test]
async fn cards_reach_clients_and_phones() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap().number;
    let send = async |card| emulator.send_card(&customer, &me.phone, &card).await.unwrap();

    let (latitude, longitude) = (-15.7942, -47.8825);
    send(Card::Location { latitude, longitude, name: None, address: None }).await;
    let got = client.message().await.message;
    let place = got.location_message.as_option().unwrap();
    assert_eq!(
        (place.degrees_latitude, place.degrees_longitude),
        (Some(latitude), Some(longitude))
    );

    send(Card::Contact { name: "Rui Sá".into(), number: "5561999990000".into() }).await;
    let got = client.message().await.message;
    let vcard = got.contact_message.as_option().unwrap().vcard.clone().unwrap();
    assert!(vcard.contains("waid=5561999990000:+5561999990000"), "{vcard}");

    let options = vec!["Segunda".to_owned(), "Terça".to_owned()];
    send(Card::Poll { question: "Que dia?".into(), options }).await;
    let got = client.message().await.message;
    assert_eq!(got.poll_creation_message_v3.as_option().unwrap().options.len(), 2);

    let there = emulator.until(&me.phone, &customer, TIMEOUT, |chat| chat.len() == 3).await;
    let kinds: Vec<_> = there.unwrap().into_iter().map(|message| message.kind).collect();
    assert_eq!(kinds, [MessageKind::Location, MessageKind::Contact, MessageKind::Poll]);
}
