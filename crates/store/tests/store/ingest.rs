//! Events of WhatsApp that arrive twice, late, and out of order.

use chrono::{DateTime, TimeDelta, Utc};
use model::{Author, Delivery, EndReason, FailReason, MessageKind};
use store::{ActorContext, ChatsPage, Error, Inbound, Ingested, Peer, Scanned};

use crate::support::{
    Desk, at, column, incoming, on_both, on_both_raw, phones_own, placeholder, receive, texts, wa,
};

#[tokio::test]
async fn a_message_told_twice_is_there_once() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let customer = Peer::pn("5561998124471");
        let batch = [incoming(&customer, "one", 0), incoming(&customer, "two", 0)];
        let first = ingest.messages(&batch).await.unwrap();
        assert_eq!(first, Ingested { stored: 2, ..Ingested::default() });
        let again = [&batch[..], &[incoming(&customer, "three", 1)]].concat();
        let second = ingest.messages(&again).await.unwrap();
        assert_eq!(second, Ingested { stored: 1, duplicates: 2, ..Ingested::default() });
        let page = ChatsPage { connection: None, before: None, limit: 10 };
        let chat = desk.owner.chats(page).await.unwrap().remove(0);
        assert_eq!(texts(&desk.owner, chat.id).await, ["one", "two", "three"]);
        assert_eq!(chat.unread, 3);
    })
    .await;
}

#[tokio::test]
async fn the_row_shows_the_newest_whatever_comes_last() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let customer = Peer::pn("5561998124471");
        receive(&store, &desk.owner, desk.number, incoming(&customer, "newest", 100)).await;
        let late = incoming(&customer, "late", -86_400);
        let chat = receive(&store, &desk.owner, desk.number, late).await;
        assert_eq!(chat.preview.unwrap().text, "newest");
        assert_eq!((chat.last_at, chat.unread), (at(100), 2));
        assert_eq!(texts(&desk.owner, chat.id).await, ["late", "newest"]);
    })
    .await;
}

#[tokio::test]
async fn what_has_just_come_counts_from_its_arrival_and_the_past_from_its_time() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let begun = Utc::now();
        let second = |later| DateTime::from_timestamp(begun.timestamp() + later, 0).unwrap();
        let (past, future) = (second(-60), second(60));
        let times = [("1", second(0)), ("2", past), ("3", future)];
        let batch = times
            .map(|(name, timestamp)| Inbound { timestamp, ..incoming(&Peer::pn(name), name, 0) });
        ingest.messages(&batch).await.unwrap();
        let page = ChatsPage { connection: None, before: None, limit: 10 };
        let chats = desk.owner.chats(page).await.unwrap();
        let [latest, first, oldest] = &chats[..] else { panic!("{chats:?}") };
        let now = Utc::now();
        let slow = now - second(0) >= TimeDelta::seconds(2);
        assert!(slow || (begun..=now).contains(&first.last_at), "{:?}", first.last_at);
        assert_eq!((latest.last_at, oldest.last_at), (future, past));
    })
    .await;
}

#[tokio::test]
async fn a_placeholder_takes_the_content_in_its_place() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let customer = Peer::pn("5561998124471");
        let unread = [placeholder(&customer, "secret", at(0))];
        ingest.messages(&unread).await.unwrap();
        let chat = receive(&store, &desk.owner, desk.number, incoming(&customer, "after", 1)).await;
        let kinds = || async {
            let messages = desk.owner.messages(chat.id, None, 10).await.unwrap();
            messages.into_iter().map(|m| (m.kind, m.text)).collect::<Vec<_>>()
        };
        let after = (MessageKind::Text, "after".to_owned());
        assert_eq!(kinds().await, [(MessageKind::Undecryptable, String::new()), after.clone()]);

        let content = [incoming(&customer, "secret", 0)];
        assert_eq!(ingest.messages(&content).await.unwrap().stored, 1);
        assert_eq!(ingest.messages(&content).await.unwrap().duplicates, 1);
        assert_eq!(ingest.messages(&unread).await.unwrap().duplicates, 1);
        assert_eq!(kinds().await, [(MessageKind::Text, "secret".to_owned()), after]);
    })
    .await;
}

#[tokio::test]
async fn what_the_phone_wrote_is_outgoing_and_not_unread() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let own = phones_own(&Peer::pn("1"), "mine", 0);
        let chat = receive(&store, &desk.owner, desk.number, own).await;
        assert_eq!(chat.unread, 0);
        let message = desk.owner.messages(chat.id, None, 1).await.unwrap().remove(0);
        assert_eq!((message.author, message.delivery), (Author::Phone, Some(Delivery::Sent)));
    })
    .await;
}

#[tokio::test]
async fn ticks_go_forward_only_and_only_for_the_chats_own_partner() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let (customer, other) = (Peer::pn("5561998124471"), Peer::pn("14155552671"));
        receive(&store, &desk.owner, desk.number, incoming(&other, "hi", 0)).await;
        let chat =
            receive(&store, &desk.owner, desk.number, phones_own(&customer, "mine", 1)).await;
        let ids = [wa("mine").into(), wa("unknown").into()];
        let ticks =
            || async { desk.owner.messages(chat.id, None, 1).await.unwrap()[0].delivery.unwrap() };
        ingest.receipt(&other, &ids, Delivery::Read, Utc::now()).await.unwrap();
        assert_eq!(ticks().await, Delivery::Sent, "not theirs to tick");
        // These are the other form of the number, and an unknown hidden identity.
        ingest
            .receipt(&Peer::pn("556198124471"), &ids, Delivery::Delivered, Utc::now())
            .await
            .unwrap();
        assert_eq!(ticks().await, Delivery::Delivered);
        ingest.receipt(&Peer::lid("42@lid"), &ids, Delivery::Read, Utc::now()).await.unwrap();
        assert_eq!(ticks().await, Delivery::Read);
        ingest.receipt(&customer, &ids, Delivery::Delivered, Utc::now()).await.unwrap();
        assert_eq!(ticks().await, Delivery::Read);
    })
    .await;
}

#[tokio::test]
async fn text_that_a_database_cannot_hold_is_stored_without_what_it_cannot() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let odd = Inbound {
            text: "a\0b".into(),
            push_name: Some("A\0na".into()),
            ..incoming(&Peer::pn("1"), "odd", 0)
        };
        let chat = receive(&store, &desk.owner, desk.number, odd).await;
        assert_eq!((&*chat.name, texts(&desk.owner, chat.id).await), ("Ana", vec!["ab".into()]));
    })
    .await;
}

#[tokio::test]
async fn a_number_is_linked_ends_and_is_unlinked() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        assert_eq!(store.linked_connections().await.unwrap(), []);
        ingest.ended(EndReason::QrExpired).await.unwrap();
        let row = desk.owner.connection(desk.number).await.unwrap();
        assert_eq!((row.linked, row.last_end), (false, Some(EndReason::QrExpired)));

        let jid = Some("5561998124471:3@s.whatsapp.net");
        let scanned = ingest.linked("5561998124471", jid, None, None).await.unwrap();
        assert_eq!(scanned, Scanned::Linked);
        let linked = store.linked_connections().await.unwrap();
        assert_eq!(linked[0].phone.as_deref(), Some("5561998124471"));
        let row = desk.owner.connection(desk.number).await.unwrap();
        assert_eq!((row.linked, row.last_end), (true, None));

        let chat =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "a", 0)).await;
        let (grant, _) = desk.owner.write_chat(chat.id).await.unwrap();
        store.enqueue_text(&grant, chat.id, wa("waiting"), "never sent", None).await.unwrap();
        ingest.unlinked(EndReason::UnlinkedByPhone, &ActorContext::system()).await.unwrap();
        let message = desk.owner.messages(chat.id, None, 1).await.unwrap().remove(0);
        assert_eq!(message.delivery, Some(Delivery::Failed { reason: FailReason::Unlinked }));
        assert_eq!(store.outbox(desk.number).next(10, &[]).await.unwrap(), []);
        assert_eq!(store.linked_connections().await.unwrap(), []);

        let nowhere = store.ingest(model::ConnectionId(999)).linked("1", None, None, None).await;
        assert!(matches!(nowhere, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn what_is_not_shown_whole_is_kept_as_it_came() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("1");
        let whole = Inbound { raw_message: Some(vec![10, 255]), ..incoming(&peer, "a", 0) };
        let unread = placeholder(&peer, "b", at(1));
        let filled = Inbound { raw_message: Some(vec![11]), ..incoming(&peer, "b", 1) };
        for message in [whole.clone(), unread, filled.clone()] {
            ingest.messages(&[message]).await.unwrap();
        }
        assert_eq!(ingest.messages(&[whole, filled]).await.unwrap().duplicates, 2);
        let kept = "SELECT protobuf FROM original ORDER BY message_id";
        assert_eq!(column(&raw, kept).await, ["0aff", "0b"]);
    })
    .await;
}
