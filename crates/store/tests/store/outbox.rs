//! Sending: once and in order; and failures.

use chrono::{DateTime, TimeDelta, Utc};
use model::{Author, Delivery, FailReason, Message, message::MAX_TEXT};
use sea_orm::ConnectionTrait as _;
use store::{Error, Field, Inbound, Peer};
use tokio::sync::Notify;

use std::time::Duration;

use crate::support::{Desk, Talk, incoming, on_both, on_both_raw, receive, sent_text, texts, wa};

/// Takes a notification, if there is one.
async fn is_woken(wakeup: &Notify) -> bool {
    tokio::time::timeout(Duration::ZERO, wakeup.notified()).await.is_ok()
}

#[tokio::test]
async fn the_session_of_a_number_is_woken_by_the_commits_that_give_it_something_to_send() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let wakeups = store.hub().wakeups(desk.number);
        let wakeup = &wakeups.outbox;
        let chat =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "q", 0)).await;
        assert!(!is_woken(wakeup).await, "what it received itself is nothing to send");
        let (grant, _) = desk.owner.write_chat(chat.id).await.unwrap();
        let send = |text: &'static str| store.enqueue_text(&grant, chat.id, wa("a"), text, None);
        send("answer").await.unwrap();
        assert!(is_woken(wakeup).await);
        send("answer").await.unwrap();
        assert!(!is_woken(wakeup).await, "the message is queued already");
        assert!(send("").await.is_err());
        assert!(!is_woken(wakeup).await, "nothing was committed");
        store.outbox(desk.number).failed(&wa("a"), FailReason::Refused).await.unwrap();
        let failed = desk.owner.messages(chat.id, None, 1).await.unwrap();
        store.retry(&grant, failed[0].id).await.unwrap();
        assert!(is_woken(wakeup).await);
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_comes_in_a_pause_wakes_the_session_for_those_behind() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        talk.queue("a").await;
        let first = talk.outbox.next(1, &[]).await.unwrap().remove(0).id;
        talk.queue("b").await;
        talk.outbox.retry_later(first, Utc::now() + TimeDelta::seconds(10)).await.unwrap();
        assert_eq!(talk.next().await, [""; 0]);
        let wakeups = store.hub().wakeups(talk.desk.number);
        talk.confirm("a").await;
        assert!(is_woken(&wakeups.outbox).await);
        assert_eq!(talk.next().await, ["send b"]);
        talk.confirm("b").await;
        assert!(!is_woken(&wakeups.outbox).await, "it held up nothing");
    })
    .await;
}

#[tokio::test]
async fn a_text_is_queued_once_however_often_it_is_asked_for() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let chat =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "q", 0)).await;
        let (grant, _) = desk.owner.write_chat(chat.id).await.unwrap();
        let send = |text: &'static str| store.enqueue_text(&grant, chat.id, wa("a"), text, None);
        let (one, two) = tokio::join!(send("answer"), send("answer"));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one, two);
        assert_eq!(one.author, Author::User { name: "owner".into() });
        assert_eq!(one.delivery, Some(Delivery::Queued));
        assert_eq!(texts(&desk.owner, chat.id).await, ["q", "answer"]);
        let preview = desk.owner.chat(chat.id).await.unwrap().preview.unwrap();
        assert_eq!((&*preview.text, preview.delivery), ("answer", Some(Delivery::Queued)));

        let waiting = store.outbox(desk.number).next(10, &[]).await.unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!((waiting[0].chat, sent_text(&waiting[0])), (chat.id, "answer"));
        assert_eq!((&waiting[0].wa_id, waiting[0].attempts), (&wa("a"), 0));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_by_reason() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let chat =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "q", 0)).await;
        let other =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("2"), "r", 9)).await;
        let (grant, _) = desk.owner.write_chat(chat.id).await.unwrap();
        for empty in ["", " \n\t ", "\0"] {
            let sent = store.enqueue_text(&grant, chat.id, wa("a"), empty, None).await;
            assert!(matches!(sent, Err(Error::EmptyText)), "{empty:?}");
        }
        let long = "é".repeat(MAX_TEXT + 1);
        let sent = store.enqueue_text(&grant, chat.id, wa("a"), &long, None).await;
        assert!(matches!(sent, Err(Error::TextTooLong)));
        let longest = "é".repeat(MAX_TEXT);
        store.enqueue_text(&grant, chat.id, wa("a"), &longest, None).await.unwrap();
        let taken = store.enqueue_text(&grant, other.id, wa("a"), "elsewhere", None).await;
        assert!(matches!(taken, Err(Error::Invalid(Field::MessageId))));
    })
    .await;
}

#[tokio::test]
async fn the_outbox_is_emptied_in_order_by_what_whatsapp_says() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::pn("1");
        let chat = receive(&store, &desk.owner, desk.number, incoming(&peer, "q", 0)).await;
        let (grant, _) = desk.owner.write_chat(chat.id).await.unwrap();
        for name in ["a", "b", "c"] {
            store.enqueue_text(&grant, chat.id, wa(name), name, None).await.unwrap();
        }
        let outbox = store.outbox(desk.number);
        let waiting = || async {
            let waiting = outbox.next(10, &[]).await.unwrap();
            waiting.iter().map(|outgoing| sent_text(outgoing).to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(waiting().await, ["a", "b", "c"]);
        outbox.confirmed(&wa("a"), None).await.unwrap();
        outbox.confirmed(&wa("not-ours"), None).await.unwrap();
        assert_eq!(waiting().await, ["b", "c"]);
        // A receipt that overtakes the confirmation confirms the message.
        let id: String = wa("b").into();
        store
            .ingest(desk.number)
            .receipt(&peer, &[id], Delivery::Delivered, Utc::now())
            .await
            .unwrap();
        assert_eq!(waiting().await, ["c"]);
        outbox.confirmed(&wa("b"), None).await.unwrap();
        let messages = desk.owner.messages(chat.id, None, 10).await.unwrap();
        let ticks: Vec<_> = messages.iter().filter_map(|message| message.delivery).collect();
        assert_eq!(ticks, [Delivery::Sent, Delivery::Delivered, Delivery::Queued]);
    })
    .await;
}

#[tokio::test]
async fn whatsapps_clock_counts_where_ours_is_ahead() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::pn("1");
        let second = DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap();
        let ago = |seconds| second - TimeDelta::seconds(seconds);
        let told = |name, timestamp| Inbound { timestamp, ..incoming(&peer, name, 0) };
        let chat = receive(&store, &desk.owner, desk.number, told("q", ago(62))).await;
        let (grant, _) = desk.owner.write_chat(chat.id).await.unwrap();
        for name in ["a", "b", "c"] {
            store.enqueue_text(&grant, chat.id, wa(name), name, None).await.unwrap();
        }
        let outbox = store.outbox(desk.number);
        outbox.confirmed(&wa("a"), Some(ago(60))).await.unwrap();
        outbox.confirmed(&wa("b"), Some(ago(60))).await.unwrap();
        let chat = receive(&store, &desk.owner, desk.number, told("thanks", ago(58))).await;
        assert_eq!(texts(&desk.owner, chat.id).await, ["q", "a", "b", "thanks", "c"]);

        // A receipt may come before the ack, and has WhatsApp's time too.
        store.enqueue_text(&grant, chat.id, wa("d"), "d", None).await.unwrap();
        let (ingest, id) = (store.ingest(desk.number), [wa("d").to_string()]);
        ingest.receipt(&peer, &id, Delivery::Delivered, ago(57)).await.unwrap();
        outbox.confirmed(&wa("d"), Some(ago(59))).await.unwrap();
        assert_eq!(texts(&desk.owner, chat.id).await, ["q", "a", "b", "thanks", "d", "c"]);

        // A message that waited to be sent keeps its position, and no message moves twice.
        let before = desk.owner.messages(chat.id, None, 10).await.unwrap();
        assert_eq!(before[1].sent_at, ago(60));
        outbox.confirmed(&wa("c"), Some(ago(-60))).await.unwrap();
        outbox.confirmed(&wa("a"), Some(ago(3600))).await.unwrap();
        let after = desk.owner.messages(chat.id, None, 10).await.unwrap();
        let places = |messages: Vec<Message>| -> Vec<_> {
            messages.into_iter().map(|message| (message.position, message.sent_at)).collect()
        };
        assert_eq!(places(after), places(before));
    })
    .await;
}

#[tokio::test]
async fn a_failed_message_is_tried_again_under_its_id() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let chat =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "q", 0)).await;
        let (grant, _) = desk.owner.write_chat(chat.id).await.unwrap();
        let sent = store.enqueue_text(&grant, chat.id, wa("a"), "a", None).await.unwrap();
        let outbox = store.outbox(desk.number);
        outbox.failed(&wa("a"), FailReason::Restricted).await.unwrap();
        let failed = desk.owner.messages(chat.id, None, 1).await.unwrap().remove(0);
        assert_eq!(failed.delivery, Some(Delivery::Failed { reason: FailReason::Restricted }));
        assert_eq!(outbox.next(10, &[]).await.unwrap(), []);

        for _double_click in 0..2 {
            let retried = store.retry(&grant, sent.id).await.unwrap();
            assert_eq!(retried, sent);
        }
        let waiting = outbox.next(10, &[]).await.unwrap();
        assert_eq!(waiting.iter().map(|o| &o.wa_id).collect::<Vec<_>>(), [&wa("a")]);
        outbox.confirmed(&wa("a"), None).await.unwrap();
        outbox.failed(&wa("a"), FailReason::Refused).await.unwrap();
        let sent = store.retry(&grant, sent.id).await.unwrap();
        assert_eq!(sent.delivery, Some(Delivery::Sent), "what was sent does not fail any more");

        let question = desk.owner.messages(chat.id, None, 10).await.unwrap().remove(0);
        let retried = store.retry(&grant, question.id).await.unwrap();
        assert_eq!(retried, question, "nothing of it has failed");
    })
    .await;
}

#[tokio::test]
async fn what_waited_too_long_is_given_up_and_waits_anew_when_it_is_tried_again() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let chat =
            receive(&store, &desk.owner, desk.number, incoming(&Peer::pn("1"), "q", 0)).await;
        let (grant, _) = desk.owner.write_chat(chat.id).await.unwrap();
        let old = store.enqueue_text(&grant, chat.id, wa("a"), "old", None).await.unwrap();
        raw.execute_unprepared("UPDATE outbox SET queued_at = queued_at - 3600000000")
            .await
            .unwrap();
        store.enqueue_text(&grant, chat.id, wa("b"), "new", None).await.unwrap();
        assert_eq!(store.expire_queued(Duration::from_secs(3700)).await.unwrap(), 0);
        assert_eq!(store.expire_queued(Duration::from_secs(3500)).await.unwrap(), 1);
        let deliveries: Vec<_> = desk.owner.messages(chat.id, None, 10).await.unwrap();
        let deliveries: Vec<_> = deliveries.iter().filter_map(|message| message.delivery).collect();
        let expired = Delivery::Failed { reason: FailReason::Expired };
        assert_eq!(deliveries, [expired, Delivery::Queued]);
        let waiting = store.outbox(desk.number).next(10, &[]).await.unwrap();
        assert_eq!(waiting.iter().map(sent_text).collect::<Vec<_>>(), ["new"]);

        store.retry(&grant, old.id).await.unwrap();
        assert_eq!(store.expire_queued(Duration::from_secs(3500)).await.unwrap(), 0);
        assert_eq!(store.outbox(desk.number).next(10, &[]).await.unwrap().len(), 2);
    })
    .await;
}
