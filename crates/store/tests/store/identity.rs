//! One person under several addresses.

use model::{Author, MessageKind};
use store::{ChatsPage, Inbound, Peer};

use crate::support::{Desk, at, incoming, on_both, phones_own, receive, texts, wa};

const EVERYTHING: ChatsPage = ChatsPage { connection: None, before: None, limit: 100 };

#[tokio::test]
async fn both_forms_of_a_brazilian_mobile_are_one_chat() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let long = Peer::pn("5561998124471@s.whatsapp.net");
        let short = Peer::pn("556198124471@s.whatsapp.net");
        let batch = [incoming(&long, "one", 0), incoming(&short, "two", 1)];
        store.ingest(desk.number).messages(&batch).await.unwrap();
        let chats = desk.owner.chats(EVERYTHING).await.unwrap();
        assert_eq!(chats.len(), 1);
        assert_eq!(chats[0].name, "+55 61 99812-4471");
        assert_eq!(texts(&desk.owner, chats[0].id).await, ["one", "two"]);
    })
    .await;
}

#[tokio::test]
async fn both_forms_of_a_mexican_or_argentine_mobile_are_one_chat() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let pairs = [("5215512345678", "525512345678"), ("541123456789", "5491123456789")];
        for (index, (one, other)) in pairs.into_iter().enumerate() {
            let batch = [
                incoming(&Peer::pn(one), &format!("{index}-one"), 0),
                incoming(&Peer::pn(format!("{other}@s.whatsapp.net")), &format!("{index}-two"), 1),
            ];
            store.ingest(desk.number).messages(&batch).await.unwrap();
            let chats = desk.owner.chats(EVERYTHING).await.unwrap();
            assert_eq!(chats.len(), index + 1, "{one} {other}");
        }
    })
    .await;
}

#[tokio::test]
async fn two_chats_become_one_when_they_turn_out_to_be_one_person() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let (number, hidden) = (Peer::pn("5561998124471"), Peer::lid("168302940123456@lid"));
        let batch = [
            incoming(&number, "one", 0),
            incoming(&hidden, "two", 1),
            incoming(&number, "three", 2),
            // This message arrived under both addresses.
            incoming(&number, "four", 3),
            incoming(&hidden, "four", 3),
        ];
        ingest.messages(&batch).await.unwrap();
        ingest.address_book(&[(hidden.clone(), Some("Ana".into()))]).await.unwrap();
        assert_eq!(desk.owner.chats(EVERYTHING).await.unwrap().len(), 2);

        ingest.link_identity("168302940123456@lid", "5561998124471").await.unwrap();
        ingest.link_identity("168302940123456@lid", "5561998124471").await.unwrap();

        let chats = desk.owner.chats(EVERYTHING).await.unwrap();
        let [chat] = &chats[..] else { panic!("{chats:?}") };
        assert_eq!(texts(&desk.owner, chat.id).await, ["one", "two", "three", "four"]);
        assert_eq!((&*chat.name, chat.unread), ("Ana", 4));
        assert_eq!(
            chat.phone.as_ref().map(ToString::to_string).as_deref(),
            Some("+55 61 99812-4471")
        );
    })
    .await;
}

#[tokio::test]
async fn an_answer_goes_where_whatsapp_last_wrote_from() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let known =
            Peer { lid: Some("99@lid".into()), pn: Some("5561998124471".into()), other: None };
        let mut addresses = Vec::new();
        for (name, peer) in [("pn", Peer::pn("5561998124471")), ("lid", known)] {
            let chat = receive(&store, &desk.owner, desk.number, incoming(&peer, name, 0)).await;
            let (grant, _) = desk.owner.write_chat(chat.id).await.unwrap();
            let answer = format!("to-{name}");
            store.enqueue_text(&grant, chat.id, wa(&answer), "hi", None).await.unwrap();
            let outbox = store.outbox(desk.number);
            addresses.push(outbox.next(1, &[]).await.unwrap().remove(0).to_jid);
            outbox.confirmed(&wa(&answer), None).await.unwrap();
        }
        assert_eq!(addresses, ["5561998124471@s.whatsapp.net", "99@lid"]);
    })
    .await;
}

#[tokio::test]
async fn names_are_the_best_known_and_renaming_is_told() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::lid("168302940123456@lid");
        let chat = receive(&store, &desk.owner, desk.number, incoming(&peer, "a", 0)).await;
        assert_eq!(chat.name, "#40123456", "an address in no language");
        let named = Inbound { push_name: Some("aninha".into()), ..incoming(&peer, "b", 1) };
        let chat = receive(&store, &desk.owner, desk.number, named).await;
        assert_eq!(chat.name, "aninha");
        let mut events = store.hub().subscribe();
        store
            .ingest(desk.number)
            .address_book(&[(peer.clone(), Some("Ana Souza".into()))])
            .await
            .unwrap();
        let told = events.recv().await.unwrap();
        let model::LiveEvent::Chat { chat } = &*told.event else { panic!("{told:?}") };
        assert_eq!(chat.name, "Ana Souza");
    })
    .await;
}

#[tokio::test]
async fn in_a_group_each_message_says_whose_it_is() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let said = |name: &str, sender: Option<Peer>, push_name: Option<&str>| Inbound {
            group: Some("120363041234567890@g.us".into()),
            from_me: sender.is_none(),
            sender,
            push_name: push_name.map(Into::into),
            ..incoming(&Peer::default(), name, 0)
        };
        let batch = [
            said("one", Some(Peer::pn("5561998124471")), Some("Ana")),
            said("two", Some(Peer::lid("77@lid")), None),
            said("me", None, None),
        ];
        store.ingest(desk.number).messages(&batch).await.unwrap();
        let chat = desk.owner.chats(EVERYTHING).await.unwrap().remove(0);
        let messages = desk.owner.messages(chat.id, None, 10).await.unwrap();
        let authors: Vec<_> = messages.into_iter().map(|message| message.author).collect();
        let contact = |name: &str| Author::Contact { name: Some(name.into()) };
        assert_eq!(authors, [contact("Ana"), contact("#77"), Author::Phone]);

        let _ = store.ingest(desk.number).linked("5561990000000", None, None, None).await.unwrap();
        desk.mark_read(&store, chat.id).await.unwrap();
        let receipts = store.outbox(desk.number).next_reads(100).await.unwrap();
        let senders: Vec<_> = receipts.iter().filter_map(|r| r.sender.as_deref()).collect();
        assert_eq!(senders, ["5561998124471@s.whatsapp.net", "77@lid"]);
        assert!(receipts.iter().all(|r| r.to_jid == "120363041234567890@g.us"));
    })
    .await;
}

#[tokio::test]
async fn what_belongs_to_nobody_is_left_out() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let nowhere = incoming(&Peer::default(), "nowhere", 0);
        let no_id = Inbound { wa_id: "bad id".into(), ..incoming(&Peer::pn("1"), "x", 0) };
        let good = phones_own(&Peer::pn("1"), "good", 0);
        let batch = [nowhere, no_id, good];
        let ingested = store.ingest(desk.number).messages(&batch).await.unwrap();
        assert_eq!((ingested.stored, ingested.refused), (1, 2));
        let chat = desk.owner.chats(EVERYTHING).await.unwrap().remove(0);
        assert_eq!(chat.preview.unwrap().kind, MessageKind::Text);
        assert_eq!(chat.last_at, at(0));
    })
    .await;
}

#[tokio::test]
async fn somebody_without_number_and_hidden_identity_has_a_chat_as_well() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer { other: Some("1-77@interop".into()), ..Peer::default() };
        let batch = ["one", "two"].map(|name| incoming(&peer, name, 0));
        store.ingest(desk.number).messages(&batch).await.unwrap();
        let chats = desk.owner.chats(EVERYTHING).await.unwrap();
        assert_eq!(chats.len(), 1);
        assert_eq!(texts(&desk.owner, chats[0].id).await, ["one", "two"]);
        let (grant, _) = desk.owner.write_chat(chats[0].id).await.unwrap();
        store.enqueue_text(&grant, chats[0].id, wa("answer"), "hi", None).await.unwrap();
        assert_eq!(store.outbox(desk.number).next(1, &[]).await.unwrap()[0].to_jid, "1-77@interop");
    })
    .await;
}

#[tokio::test]
async fn the_address_book_names_those_who_write_later_and_joins_those_who_are_one() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let (number, hidden) = (Peer::pn("5561998124471"), Peer::lid("168302940123456@lid"));
        ingest.messages(&[incoming(&hidden, "one", 0)]).await.unwrap();
        assert_eq!(ingest.without_number(9).await.unwrap(), ["168302940123456@lid"]);
        let both = Peer { other: None, lid: hidden.lid.clone(), pn: number.pn.clone() };
        let later = Peer::pn("5561998124472");
        let book =
            [(both, Some("Ana".into())), (later.clone(), Some("Bia".into())), (number, None)];
        ingest.address_book(&book).await.unwrap();
        ingest.address_book(&book).await.unwrap();
        ingest.messages(&[incoming(&later, "two", 1)]).await.unwrap();
        let chats = desk.owner.chats(EVERYTHING).await.unwrap();
        let digits = |chat: &model::Chat| chat.phone.as_ref().map(model::PhoneNumber::digits);
        let named: Vec<_> = chats.iter().map(|chat| (&*chat.name, digits(chat))).collect();
        let expected = [("Bia", "5561998124472"), ("Ana", "5561998124471")];
        assert_eq!(named, expected.map(|(name, phone)| (name, Some(phone.to_owned()))));
        assert!(ingest.without_number(9).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_chat_with_oneself_is_told_apart_and_has_the_own_number() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let own = Peer::pn("5561990000000");
        let _ = ingest.linked("5561990000000", None, Some("99@lid"), None).await.unwrap();
        // An older installation has two chats with oneself.
        ingest.messages(&[phones_own(&Peer::lid("99@lid"), "one", 0)]).await.unwrap();
        let chat = desk.owner.chats(EVERYTHING).await.unwrap().remove(0);
        assert_eq!((chat.myself, chat.phone.unwrap().digits()), (true, "5561990000000".into()));
        ingest.messages(&[phones_own(&own, "two", 1)]).await.unwrap();
        let both = Peer { lid: Some("99@lid".into()), pn: own.pn, other: None };
        ingest.messages(&[phones_own(&both, "three", 2)]).await.unwrap();
        let customer = incoming(&Peer::pn("5561990000001"), "four", 3);
        ingest.messages(&[customer]).await.unwrap();
        let chats = desk.owner.chats(EVERYTHING).await.unwrap();
        assert_eq!(chats.iter().map(|chat| chat.myself).collect::<Vec<_>>(), [false, true]);
        assert_eq!(texts(&desk.owner, chats[1].id).await, ["one", "two", "three"]);
    })
    .await;
}
