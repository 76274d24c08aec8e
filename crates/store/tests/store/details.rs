//! Names in the order of WhatsApp, people who change their number, and the files of a chat.

use model::content::System;
use model::{Author, Chat, ChatId, DetailsPart, LiveEvent, MessageKind, Notice};
use store::{ChatsPage, Error, Inbound, Peer, Replay, Store, Viewer};

use crate::support::{Desk, at, incoming, on_both, picture, receive, texts};

const EVERYTHING: ChatsPage = ChatsPage { connection: None, before: None, limit: 100 };

fn ana() -> Peer {
    Peer::pn("5561998124471@s.whatsapp.net")
}

fn new_number() -> Peer {
    Peer { lid: Some("200000000000002@lid".into()), ..Peer::pn("5511912345678@s.whatsapp.net") }
}

async fn name(viewer: &Viewer, chat: ChatId) -> String {
    viewer.chat(chat).await.unwrap().name
}

#[tokio::test]
async fn a_name_is_that_of_the_address_book_then_of_the_business_then_the_chosen_one() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let chat = receive(&store, &desk.owner, desk.number, incoming(&ana(), "a", 0)).await.id;
        assert_eq!(name(&desk.owner, chat).await, "+55 61 99812-4471");
        let push_name = Some("trigo".to_owned());
        let business_name = Some("Padaria Trigo".to_owned());
        let chosen = Inbound { push_name, ..incoming(&ana(), "b", 1) };
        ingest.messages(&[chosen]).await.unwrap();
        assert_eq!(name(&desk.owner, chat).await, "trigo");
        ingest.messages(&[Inbound { business_name, ..incoming(&ana(), "c", 2) }]).await.unwrap();
        assert_eq!(name(&desk.owner, chat).await, "Padaria Trigo");
        ingest.business_name(&ana(), "Padaria Trigo de Ouro").await.unwrap();
        assert_eq!(name(&desk.owner, chat).await, "Padaria Trigo de Ouro");
        ingest.business_name(&Peer::pn("5511900000000"), "Ninguém").await.unwrap();
        ingest.address_book(&[(ana(), Some("Padaria".into()))]).await.unwrap();
        assert_eq!(name(&desk.owner, chat).await, "Padaria");
        let person = desk.owner.chat_person(chat).await.unwrap();
        assert_eq!(person.chosen_name(), Some("trigo"));
    })
    .await;
}

#[tokio::test]
async fn what_somebody_wrote_in_a_group_gets_their_new_name_at_once() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let group = Some("120363041234567890@g.us".to_owned());
        let said = Inbound { group, sender: Some(ana()), ..incoming(&Peer::default(), "a", 0) };
        receive(&store, &desk.owner, desk.number, said).await;
        let seq = desk.owner.last_seq().await.unwrap();
        ingest.address_book(&[(ana(), Some("Ana Souza".into()))]).await.unwrap();
        let Replay::Events(events) = desk.owner.replay(seq, 100).await.unwrap() else {
            panic!("too old")
        };
        let author = events.iter().find_map(|one| match &one.event {
            LiveEvent::Message { message, .. } => Some(message.author.clone()),
            _ => None,
        });
        assert_eq!(author, Some(Author::Contact { name: Some("Ana Souza".to_owned()) }));
    })
    .await;
}

/// Changes the number, as WhatsApp reports it, and returns the only chat then.
async fn changed(store: &Store, desk: &Desk) -> Chat {
    let ingest = store.ingest(desk.number);
    // It may come twice.
    for _ in 0..2 {
        ingest.number_changed(&ana(), &new_number(), at(60)).await.unwrap();
    }
    let mut chats = desk.owner.chats(EVERYTHING).await.unwrap();
    assert_eq!(chats.len(), 1);
    chats.remove(0)
}

async fn check(desk: &Desk, chat: &Chat, said: &[&str]) {
    let digits = chat.phone.as_ref().map(|phone| phone.digits());
    assert_eq!(digits.as_deref(), Some("5511912345678"));
    let messages = desk.owner.messages(chat.id, None, 100).await.unwrap();
    let notices: Vec<_> = messages.iter().filter_map(|message| message.notice).collect();
    assert_eq!(notices, [Notice::System(System::NewNumber)]);
    let is_said = |text: &String| !text.is_empty();
    let there = texts(&desk.owner, chat.id).await;
    assert_eq!(there.into_iter().filter(is_said).collect::<Vec<_>>(), said);
    let person = desk.owner.chat_person(chat.id).await.unwrap();
    assert_eq!(person.address(), "200000000000002@lid", "answers go to the new number");
}

#[tokio::test]
async fn a_chat_goes_on_under_a_new_number_and_says_so() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        receive(&store, &desk.owner, desk.number, incoming(&ana(), "antes", 0)).await;
        let chat = changed(&store, &desk).await;
        check(&desk, &chat, &["antes"]).await;
        assert_eq!(chat.unread, 1, "the notice is not unread");
        let depois =
            receive(&store, &desk.owner, desk.number, incoming(&new_number(), "depois", 90));
        assert_eq!(depois.await.id, chat.id);

        // The carrier has given the old number to somebody else.
        let other = receive(&store, &desk.owner, desk.number, incoming(&ana(), "quem", 120)).await;
        assert_ne!(other.id, chat.id);
    })
    .await;
}

#[tokio::test]
async fn the_chats_of_both_numbers_become_one() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let batch = [incoming(&ana(), "antes", 0), incoming(&new_number(), "depois", 30)];
        store.ingest(desk.number).messages(&batch).await.unwrap();
        let chat = changed(&store, &desk).await;
        check(&desk, &chat, &["antes", "depois"]).await;
    })
    .await;
}

#[tokio::test]
async fn who_had_the_new_number_before_stays_somebody_else() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let before = Peer { lid: Some("300000000000003@lid".into()), ..new_number() };
        let batch = [incoming(&ana(), "antes", 0), incoming(&before, "outra", 30)];
        ingest.messages(&batch).await.unwrap();
        ingest.number_changed(&ana(), &new_number(), at(60)).await.unwrap();
        let chats = desk.owner.chats(EVERYTHING).await.unwrap();
        assert_eq!(chats.len(), 2);
        let phone = |chat: &Chat| chat.phone.as_ref().map(|phone| phone.digits());
        let ana = chats.iter().find(|chat| phone(chat).is_some()).unwrap();
        check(&desk, ana, &["antes"]).await;
    })
    .await;
}

#[tokio::test]
async fn a_person_of_the_address_book_who_wrote_with_the_new_number_keeps_their_name() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        ingest.address_book(&[(ana(), Some("Ana Souza".into()))]).await.unwrap();
        receive(&store, &desk.owner, desk.number, incoming(&new_number(), "oi", 0)).await;
        let chat = changed(&store, &desk).await;
        check(&desk, &chat, &["oi"]).await;
        assert_eq!(chat.name, "Ana Souza");
    })
    .await;
}

#[tokio::test]
async fn the_number_of_a_stranger_changes_nothing() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        ingest.number_changed(&ana(), &new_number(), at(0)).await.unwrap();
        assert!(desk.owner.chats(EVERYTHING).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_files_of_a_chat_are_in_parts_and_pages() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let owner = &desk.owner;
        let mut batch = Vec::new();
        for nth in 0..40 {
            batch.push(picture(&ana(), &format!("picture{nth}"), nth));
        }
        let says = |text: &str, nth| Inbound {
            text: text.to_owned(),
            ..incoming(&ana(), &format!("text{nth}"), nth)
        };
        batch.push(says("veja https://loja.example/1", 100));
        batch.push(says("nada: isto não é um link://", 101));
        batch.push(says("bom dia", 102));
        let document = picture(&ana(), "document", 103);
        batch.push(Inbound { kind: MessageKind::Document, ..document });
        store.ingest(desk.number).messages(&batch).await.unwrap();
        let chat = owner.chats(EVERYTHING).await.unwrap()[0].id;

        let first = owner.chat_files(chat, DetailsPart::Media, None).await.unwrap();
        assert_eq!(first.messages.len(), 30);
        assert_eq!(first.messages[0].text, "picture39", "newest first");
        let next = owner.chat_files(chat, DetailsPart::Media, first.older).await.unwrap();
        assert_eq!((next.messages.len(), next.older), (10, None));
        let links = owner.chat_files(chat, DetailsPart::Links, None).await.unwrap();
        let words: Vec<_> = links.messages.iter().map(|message| &*message.text).collect();
        assert_eq!((words, links.older), (vec!["veja https://loja.example/1"], None));
        let documents = owner.chat_files(chat, DetailsPart::Documents, None).await.unwrap();
        assert_eq!(documents.messages.len(), 1);
        let (grant, _) = owner.write_chat(chat).await.unwrap();
        let oldest = next.messages[9].id;
        store.star_message(&grant, oldest, true).await.unwrap();
        let starred = owner.chat_files(chat, DetailsPart::Starred, None).await.unwrap();
        assert_eq!((starred.messages[0].id, starred.messages.len()), (oldest, 1));
        assert_eq!(starred.older, None);
        let missing = owner.chat_files(ChatId(999_999), DetailsPart::Media, None).await;
        assert!(matches!(missing, Err(Error::NotFound)));
    })
    .await;
}
