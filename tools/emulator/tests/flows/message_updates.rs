//! Edits, revocations and reactions by a phone's user.

use emulator::{FaultKind, FaultRequest, MessageKind, PhoneMessage, UpdateKind};
use serde_json::json;
use whatsapp_rust::prelude::*;
use whatsapp_rust::types::message::EditAttribute;

use crate::client::{TIMEOUT, TestClient, emulator, text};
use crate::control_api::call;

/// An update that a client received.
#[derive(Debug, PartialEq)]
enum Update {
    Edit(String),
    Revoke,
    Reaction(String),
}

/// Reads a message that updates another one. Returns the other one's id, whether it is by the same
/// author, and the update. The stanza's attributes must match.
fn read_update(message: &InboundMessage) -> (String, bool, Update) {
    let stanza = &message.info.edit;
    let content = message.message.get_base_message();
    let (key, update) = if let Some(reaction) = content.reaction_message.as_option() {
        let emoji = reaction.text.clone().unwrap();
        let edit = match emoji.is_empty() {
            true => EditAttribute::SenderRevoke,
            false => EditAttribute::Empty,
        };
        assert_eq!(*stanza, edit);
        assert!(reaction.sender_timestamp_ms.is_some());
        (&reaction.key, Update::Reaction(emoji))
    } else {
        let protocol = content.protocol_message.as_option().expect("an edit or a revocation");
        let update = match protocol.r#type {
            Some(wa::message::protocol_message::Type::REVOKE) => {
                assert_eq!(*stanza, EditAttribute::SenderRevoke);
                Update::Revoke
            }
            _ => {
                assert_eq!(*stanza, EditAttribute::MessageEdit);
                assert!(protocol.timestamp_ms.is_some());
                Update::Edit(protocol.edited_message.text_content().unwrap().to_owned())
            }
        };
        (&protocol.key, update)
    };
    (key.id.clone().unwrap(), key.from_me.unwrap(), update)
}

/// The kinds and texts of a chat.
fn rows(chat: &[PhoneMessage]) -> Vec<(MessageKind, Option<&str>)> {
    chat.iter().map(|message| (message.kind, message.text.as_deref())).collect()
}

/// A predicate: the chat has this many messages, and all could be decrypted.
fn has(count: usize) -> impl Fn(&[PhoneMessage]) -> bool {
    move |chat| chat.len() == count && chat.iter().all(|row| row.kind != MessageKind::Undecryptable)
}

#[tokio::test]
async fn a_client_and_both_phones_hear_what_becomes_of_a_message() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap().number;
    let id = emulator.send_text(&customer, &me.phone, "oi").await.unwrap();
    client.message().await;

    let sent = emulator.edit(&customer, &me.phone, &id, "olá").await.unwrap();
    let edit = client.message().await;
    assert_eq!(edit.info.id, sent);
    assert_ne!(sent, id);
    assert_eq!(read_update(&edit), (id.clone(), true, Update::Edit("olá".to_owned())));

    for emoji in ["👍", ""] {
        let sent = emulator.react(&customer, &me.phone, &id, emoji).await.unwrap();
        let reaction = client.message().await;
        assert_eq!(reaction.info.id, sent);
        assert_eq!(read_update(&reaction), (id.clone(), true, Update::Reaction(emoji.to_owned())));
    }

    let reactions = [(MessageKind::Reaction, Some("👍")), (MessageKind::Reaction, Some(""))];
    for (phone, with) in [(&customer, &me.phone), (&me.phone, &customer)] {
        let chat = emulator.until(phone, with, TIMEOUT, has(3)).await.unwrap();
        assert_eq!(rows(&chat)[0], (MessageKind::Text, Some("olá")));
        assert_eq!(rows(&chat)[1..], reactions);
        assert_eq!(chat[1].quoted.as_ref(), Some(&id));
        assert_eq!(chat[0].reactions.len(), 1);
        assert_eq!(chat[0].reactions[0].emoji, "", "it was taken back");
    }

    let sent = emulator.revoke(&customer, &me.phone, &id).await.unwrap();
    let revocation = client.message().await;
    assert_eq!(revocation.info.id, sent);
    assert_eq!(read_update(&revocation), (id, true, Update::Revoke));
    for (phone, with) in [(&customer, &me.phone), (&me.phone, &customer)] {
        let is_revoked = |chat: &[PhoneMessage]| rows(chat)[0] == (MessageKind::Revoked, None);
        emulator.until(phone, with, TIMEOUT, is_revoked).await.unwrap();
    }
    assert_eq!(emulator.stats().unknown_iqs, Vec::<String>::new());
}

#[tokio::test]
async fn what_the_own_phone_does_is_echoed_to_its_client() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let theirs = emulator.send_text(&customer.number, &me.phone, "oi").await.unwrap();
    client.message().await;
    emulator.until(&me.phone, &customer.number, TIMEOUT, has(1)).await.unwrap();
    // The message was written on the computer; the phone may change it all the same.
    let mine = client.send(&customer.jid, "ola").await;
    emulator.until(&me.phone, &customer.number, TIMEOUT, has(2)).await.unwrap();

    emulator.react(&me.phone, &customer.number, &theirs, "❤️").await.unwrap();
    emulator.edit(&me.phone, &customer.number, &mine, "olá").await.unwrap();
    emulator.revoke(&me.phone, &customer.number, &mine).await.unwrap();
    let echoes = client.messages(3).await;
    assert!(echoes.iter().all(|echo| echo.info.source.is_from_me));
    assert!(echoes.iter().all(|echo| echo.info.source.chat.to_string() == customer.lid));
    let echoes: Vec<_> = echoes.iter().map(read_update).collect();
    assert_eq!(
        echoes,
        [
            (theirs, false, Update::Reaction("❤️".to_owned())),
            (mine.clone(), true, Update::Edit("olá".to_owned())),
            (mine, true, Update::Revoke),
        ]
    );
}

/// An edit of a client's own message, or its revocation if there is no text.
fn change(to: &str, id: &str, text: Option<&str>) -> wa::Message {
    let kind = match text {
        Some(_) => wa::message::protocol_message::Type::MESSAGE_EDIT,
        None => wa::message::protocol_message::Type::REVOKE,
    };
    let key = wa::MessageKey {
        remote_jid: Some(to.to_owned()),
        from_me: Some(true),
        id: Some(id.to_owned()),
        ..Default::default()
    };
    let protocol = wa::message::ProtocolMessage {
        r#type: Some(kind),
        key: key.into(),
        edited_message: text.map(wa::Message::text).into(),
        ..Default::default()
    };
    wa::Message { protocol_message: protocol.into(), ..Default::default() }
}

#[tokio::test]
async fn what_a_client_changes_is_changed_on_both_phones_once() {
    let emulator = emulator().await;
    let (first, me) = TestClient::linked(&emulator).await;
    let (second, _) = TestClient::linked_to(&emulator, &me.phone).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let id = first.send(&customer.jid, "ola").await;
    let edit = change(&customer.jid, &id, Some("olá"));
    first.send_content_as("3EB0000000000000000001", &customer.jid, edit.clone()).await;
    // The server detects repeats of one device, not of two devices.
    second.send_content_as("3EB0000000000000000001", &customer.jid, edit).await;

    let phones = [(&customer.number, &me.phone), (&me.phone, &customer.number)];
    for (phone, with) in phones {
        let is_edited = |chat: &[PhoneMessage]| {
            chat.first().is_some_and(|row| row.updates.iter().any(|update| update.copies == 2))
        };
        let chat = emulator.until(phone, with, TIMEOUT, is_edited).await.unwrap();
        assert_eq!(rows(&chat), [(MessageKind::Text, Some("olá"))]);
        assert!(chat[0].edited);
        assert_eq!((chat[0].updates.len(), chat[0].updates[0].kind), (1, UpdateKind::Edit));
    }

    let revocation = change(&customer.jid, &id, None);
    first.send_content_as("3EB0000000000000000002", &customer.jid, revocation).await;
    for (phone, with) in phones {
        let is_revoked = |chat: &[PhoneMessage]| rows(chat) == [(MessageKind::Revoked, None)];
        emulator.until(phone, with, TIMEOUT, is_revoked).await.unwrap();
    }
}

#[tokio::test]
async fn a_client_that_was_away_hears_of_them_in_order() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap().number;
    let id = emulator.send_text(&customer, &me.phone, "oi").await.unwrap();
    client.message().await;
    let stopped = client.stop().await;
    emulator.until_phone(&me.phone, TIMEOUT, |phone| !phone.devices[0].online).await.unwrap();

    emulator.edit(&customer, &me.phone, &id, "olá").await.unwrap();
    emulator.react(&customer, &me.phone, &id, "👍").await.unwrap();
    emulator.revoke(&customer, &me.phone, &id).await.unwrap();
    let late = emulator.send_text(&customer, &me.phone, "desculpa").await.unwrap();
    emulator.edit(&customer, &me.phone, &late, "desculpe").await.unwrap();

    let client = stopped.start(&emulator).await;
    let mut messages = client.messages(5).await;
    assert_eq!(text(&messages.remove(3)), "desculpa");
    let received: Vec<_> = messages.iter().map(read_update).collect();
    assert_eq!(
        received,
        [
            (id.clone(), true, Update::Edit("olá".to_owned())),
            (id.clone(), true, Update::Reaction("👍".to_owned())),
            (id, true, Update::Revoke),
            (late, true, Update::Edit("desculpe".to_owned())),
        ]
    );
    emulator.until_phone(&me.phone, TIMEOUT, |phone| phone.devices[0].queued == 0).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_read_at_first_is_sent_again_as_what_it_was() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap().number;
    let id = emulator.send_text(&customer, &me.phone, "oi").await.unwrap();
    client.message().await;

    // The phone could give both to its companion before they are sent again.
    let asleep = FaultRequest { count: Some(2), ..FaultRequest::new(FaultKind::PhoneAsleep) };
    emulator.fault(asleep.on(&me.jid)).await.unwrap();
    emulator.fault(FaultRequest::new(FaultKind::Corrupt).on(&me.jid)).await.unwrap();
    emulator.edit(&customer, &me.phone, &id, "olá").await.unwrap();
    assert_eq!(
        read_update(&client.message().await),
        (id.clone(), true, Update::Edit("olá".to_owned()))
    );
    emulator.fault(FaultRequest::new(FaultKind::Corrupt).on(&me.jid)).await.unwrap();
    emulator.revoke(&customer, &me.phone, &id).await.unwrap();
    assert_eq!(read_update(&client.message().await), (id, true, Update::Revoke));
}

#[tokio::test]
async fn an_edited_reply_still_quotes_what_it_answers() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let question = client.send(&customer.jid, "que horas?").await;
    emulator.until(&customer.number, &me.phone, TIMEOUT, has(1)).await.unwrap();
    let answer =
        emulator.send_reply(&customer.number, &me.phone, "as dez", Some(&question)).await.unwrap();
    client.message().await;

    emulator.edit(&customer.number, &me.phone, &answer, "às dez").await.unwrap();
    let edit = client.message().await;
    assert_eq!(read_update(&edit), (answer, true, Update::Edit("às dez".to_owned())));
    let edited = &edit.message.get_base_message().protocol_message.edited_message;
    let context = &edited.extended_text_message.context_info;
    assert_eq!(context.stanza_id.as_ref(), Some(&question));
}

#[tokio::test]
async fn they_are_asked_for_over_http_and_refused_with_the_reason() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let path = format!("/phones/{}/messages", customer.number);
    let to = &me.phone;
    let id = emulator.send_text(&customer.number, to, "oi").await.unwrap();
    client.message().await;
    let gone = emulator.send_text(&customer.number, to, "engano").await.unwrap();
    client.message().await;
    let theirs = client.send(&customer.jid, "olá").await;
    emulator.until(&customer.number, to, TIMEOUT, has(3)).await.unwrap();

    for (body, expected) in [
        (
            json!({ "to": to, "edit": { "id": id, "text": "oi!" } }),
            (id.clone(), true, Update::Edit("oi!".to_owned())),
        ),
        (
            json!({ "to": to, "reaction": { "id": theirs, "emoji": "😀" } }),
            (theirs.clone(), false, Update::Reaction("😀".to_owned())),
        ),
        (json!({ "to": to, "revoke": { "id": gone } }), (gone.clone(), true, Update::Revoke)),
    ] {
        let (status, sent) = call(&emulator, "POST", &path, body).await;
        assert_eq!(status, 200, "{sent}");
        let received = client.message().await;
        assert_eq!(sent["id"], received.info.id.as_str());
        assert_eq!(read_update(&received), expected);
    }

    let refused = [
        (json!({ "edit": { "id": "NADA", "text": "x" } }), "no message NADA"),
        (json!({ "revoke": { "id": "NADA" } }), "no message NADA"),
        (json!({ "reaction": { "id": "NADA", "emoji": "😀" } }), "no message NADA"),
        (json!({ "edit": { "id": theirs, "text": "x" } }), "somebody else's"),
        (json!({ "revoke": { "id": theirs } }), "somebody else's"),
        (json!({ "edit": { "id": gone, "text": "x" } }), "cannot be done"),
        (json!({ "revoke": { "id": gone } }), "cannot be done"),
        (json!({ "reaction": { "id": gone, "emoji": "😀" } }), "cannot be done"),
        (json!({ "edit": { "id": id } }), "text"),
        (json!({ "reaction": { "id": id } }), "emoji"),
        (json!({ "revoke": {} }), "id"),
        (json!({ "revoke": { "id": id }, "text": "x" }), "one content"),
        (json!({ "revoke": { "id": id }, "reply_to": theirs }), "reply"),
    ];
    for (mut body, why) in refused {
        body["to"] = json!(to);
        let (status, answer) = call(&emulator, "POST", &path, body.clone()).await;
        assert_eq!(status, 400, "{body}: {answer}");
        assert!(answer["error"].as_str().unwrap().contains(why), "{body}: {answer}");
    }
    // None of it was sent.
    emulator.send_text(&customer.number, to, "fim").await.unwrap();
    assert_eq!(text(&client.message().await), "fim");
}

#[tokio::test]
async fn a_forwarded_text_has_its_score_on_every_device() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap().number;
    let path = format!("/phones/{customer}/messages");
    let body = json!({ "to": me.phone, "text": "aviso", "forwarded": 3 });
    assert_eq!(call(&emulator, "POST", &path, body).await.0, 200);

    let received = client.message().await;
    assert_eq!(text(&received), "aviso");
    let context = &received.message.get_base_message().extended_text_message.context_info;
    assert_eq!((context.is_forwarded, context.forwarding_score), (Some(true), Some(3)));
    let chat = emulator.until(&me.phone, &customer, TIMEOUT, has(1)).await.unwrap();
    assert_eq!(chat[0].forwarded, 3);
    let list = format!("{path}?with={}", me.phone);
    assert_eq!(call(&emulator, "GET", &list, json!(null)).await.1[0]["forwarded"], 3);

    let place =
        json!({ "to": me.phone, "location": { "latitude": 1, "longitude": 2 }, "forwarded": 1 });
    let (status, refused) = call(&emulator, "POST", &path, place).await;
    assert_eq!(status, 400, "{refused}");
    let answer = json!({ "to": me.phone, "text": "x", "forwarded": 1, "reply_to": "A" });
    assert_eq!(call(&emulator, "POST", &path, answer).await.0, 400);
}
