//! Messages of groups in every direction, and what refers to them.

use emulator::{Addressing, Card, MessageContext, MessageKind, NewMessage, PhoneMessage, Typing};
use whatsapp_rust::prelude::*;
use whatsapp_rust::{ChatStateType, RevokeType};

use super::Trio;
use crate::client::{TIMEOUT, text};

#[tokio::test]
async fn everybody_reads_everybody_in_order() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let trio = Trio::addressed(addressing).await;
        let Trio { emulator, ana, bia, caio, group } = &trio;
        let texts = |who: &str| ["um", "dois", "três"].map(|text| format!("{who}: {text}"));
        for text in texts("Ana") {
            ana.client.send(group, &text).await;
        }
        assert_eq!(bia.client.texts(3).await, texts("Ana"));
        assert_eq!(trio.texts(caio, 3).await, texts("Ana"));
        for text in texts("Caio") {
            emulator.send_text(caio, group, &text).await.unwrap();
        }
        assert_eq!(ana.client.texts(3).await, texts("Caio"));
        assert_eq!(bia.client.texts(3).await, texts("Caio"));
        for text in texts("Bia") {
            bia.client.send(group, &text).await;
        }
        assert_eq!(ana.client.texts(3).await, texts("Bia"));

        // The phones of the clients have what these sent, under the same authors.
        let expected = [texts("Ana"), texts("Caio"), texts("Bia")].concat();
        let authors = [&ana.me.phone, caio, &bia.me.phone].map(|author| [author; 3]).concat();
        for phone in [&ana.me.phone, &bia.me.phone, caio] {
            let chat = trio.chat(phone, 9).await;
            let texts: Vec<_> = chat.iter().filter_map(|row| row.text.clone()).collect();
            assert_eq!(texts, expected);
            assert!(chat.iter().zip(&authors).all(|(row, author)| row.from == **author));
            assert!(chat.iter().all(|row| row.from_me == (row.from == *phone)));
        }
        assert_eq!(emulator.stats().unknown_iqs, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_client_learns_the_addresses_of_who_writes() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let trio = Trio::addressed(addressing).await;
        let caio = trio.emulator.phone_info(&trio.caio).await.unwrap();
        trio.emulator.send_text(&trio.caio, &trio.group, "oi").await.unwrap();
        let received = trio.ana.client.message().await;
        let source = &received.info.source;
        assert_eq!((source.is_group, source.chat.to_string()), (true, trio.group.clone()));
        let addresses =
            [source.sender.to_string(), source.sender_alt.as_ref().unwrap().to_string()];
        match addressing {
            Addressing::Lid => assert_eq!(addresses, [caio.lid, caio.jid]),
            Addressing::Pn => assert_eq!(addresses, [caio.jid, caio.lid]),
        }
    }
}

/// Waits until a phone shows something at a message of the group.
async fn at(trio: &Trio, phone: &str, id: &str, shows: impl Fn(&PhoneMessage) -> bool) {
    let shown = |chat: &[PhoneMessage]| chat.iter().any(|row| row.id == id && shows(row));
    trio.emulator.until(phone, &trio.group, TIMEOUT, shown).await.unwrap();
}

#[tokio::test]
async fn answers_reactions_edits_and_deletions_name_the_author() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let trio = Trio::addressed(addressing).await;
        let Trio { emulator, ana, bia, caio, group } = &trio;
        let id = ana.client.send(group, "Quem vem?").await;
        let asked = bia.client.message().await;
        trio.chat(caio, 1).await;

        let context = MessageContext::reply(Some(&id));
        let answer = NewMessage::text("Eu").in_context(context);
        emulator.send_message(caio, group, answer).await.unwrap();
        let answer = bia.client.message().await;
        let context = &answer.message.extended_text_message.context_info;
        assert_eq!(context.stanza_id.as_deref(), Some(id.as_str()));
        let author: Jid = context.participant.as_deref().unwrap().parse().unwrap();
        assert_eq!(author, asked.info.source.sender.to_non_ad());

        emulator.react(caio, group, &id, "👍").await.unwrap();
        let reaction = bia.client.message().await;
        let key = &reaction.message.reaction_message.key;
        assert_eq!(key.participant.as_deref(), Some(author.to_string().as_str()));
        let is_by_caio = |row: &PhoneMessage| row.reactions.iter().any(|one| one.from == *caio);
        at(&trio, &ana.me.phone, &id, is_by_caio).await;

        let own = emulator.send_text(caio, group, "Eu tb").await.unwrap();
        emulator.edit(caio, group, &own, "Eu também").await.unwrap();
        at(&trio, &bia.me.phone, &own, |row| row.text.as_deref() == Some("Eu também")).await;
        emulator.revoke(caio, group, &own).await.unwrap();
        at(&trio, &bia.me.phone, &own, |row| row.kind == MessageKind::Revoked).await;

        // An admin deletes a message of somebody else.
        let rude = emulator.send_text(caio, group, "grosseria").await.unwrap();
        let sender = ana.client.event(|event| match event {
            Event::Messages(batch) => {
                let received = batch.iter().find(|one| one.info.id == rude);
                received.map(|one| one.info.source.sender.clone())
            }
            _ => None,
        });
        let sender = sender.await;
        let revoke = RevokeType::Admin { original_sender: sender };
        ana.client.client.revoke_message(trio.jid(), rude.as_str(), revoke).await.unwrap();
        at(&trio, caio, &rude, |row| row.kind == MessageKind::Revoked).await;
        at(&trio, &bia.me.phone, &rude, |row| row.kind == MessageKind::Revoked).await;

        // So does one on a phone, and others may not.
        let rude = emulator.send_text(caio, group, "outra grosseria").await.unwrap();
        let phones = [&ana.me.phone, &bia.me.phone, caio];
        for phone in phones {
            at(&trio, phone, &rude, |row| row.kind == MessageKind::Text).await;
        }
        assert!(emulator.revoke(&bia.me.phone, group, &rude).await.is_err());
        emulator.revoke(&ana.me.phone, group, &rude).await.unwrap();
        for phone in phones {
            at(&trio, phone, &rude, |row| row.kind == MessageKind::Revoked).await;
        }
    }
}

#[tokio::test]
async fn votes_are_counted_on_every_phone() {
    for addressing in [Addressing::Lid, Addressing::Pn] {
        let trio = Trio::addressed(addressing).await;
        let Trio { emulator, ana, bia, caio, group } = &trio;
        let options = vec!["sim".to_owned(), "não".to_owned()];
        let poll = Card::Poll { question: "Vamos?".to_owned(), options };
        let id = emulator.send_message(caio, group, NewMessage::card(poll)).await.unwrap();
        let received = ana.client.message().await;
        let secret = received.message.message_context_info.message_secret.clone().unwrap();
        for phone in [&ana.me.phone, &bia.me.phone] {
            trio.chat(phone, 1).await;
        }
        let yes = ["sim".to_owned()];
        let creator = &received.info.source.sender;
        let polls = ana.client.client.polls();
        polls.vote(trio.jid(), &id, creator, &secret, &yes).await.unwrap();
        emulator.vote(&bia.me.phone, group, &id, &yes).await.unwrap();
        for phone in [&ana.me.phone, &bia.me.phone, caio] {
            let is_counted = |row: &PhoneMessage| {
                row.votes.len() == 2 && row.votes.iter().all(|vote| vote.options == yes)
            };
            at(&trio, phone, &id, is_counted).await;
        }
    }
}

#[tokio::test]
async fn typing_names_the_member() {
    let trio = Trio::new().await;
    let Trio { emulator, ana, bia, caio, group } = &trio;
    emulator.send_text(caio, group, "oi").await.unwrap();
    assert_eq!(text(&ana.client.message().await), "oi");
    trio.chat(&bia.me.phone, 1).await;

    emulator.typing(caio, group, Typing::Composing).await.unwrap();
    let lid = emulator.phone_info(caio).await.unwrap().lid;
    let source = ana
        .client
        .event(|event| match event {
            Event::ChatPresence(update) => Some(update.source.clone()),
            _ => None,
        })
        .await;
    assert_eq!((source.chat.to_string(), source.sender.to_string()), (group.clone(), lid));

    let chatstate = ana.client.client.chatstate();
    chatstate.send(&trio.jid(), ChatStateType::Recording).await.unwrap();
    let is_recording = |phone: &emulator::PhoneInfo| {
        let chat = phone.chats.iter().find(|chat| chat.with == *group);
        chat.is_some_and(|chat| chat.typing == Some(Typing::Recording))
    };
    emulator.until_phone(&bia.me.phone, TIMEOUT, is_recording).await.unwrap();
}
