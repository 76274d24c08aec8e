//! Changes of messages as operations in the outbox: they take effect once WhatsApp confirms them.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use model::{
    Author, Change, ConnectionId, Delivery, EndReason, FailReason, MessageId, MessageKind,
    OperationId, Reaction, message::MAX_TEXT,
};
use sea_orm::ConnectionTrait as _;
use store::{
    ActorContext, ChatsPage, Error, Field, Inbound, LONGEST_PAUSE, Operation, Peer, Scanned,
};

use crate::support::{
    Desk, Talk, column, edit, incoming, number, on_both, on_both_raw, phones_own, picture,
    placeholder, react, receive, wa,
};

#[tokio::test]
async fn an_edit_takes_effect_once_however_often_it_is_asked_for_and_confirmed() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let sent = talk.send("a").await;
        let waiting = talk.change(sent, "e", edit("b")).await.unwrap();
        assert_eq!((&*waiting.text, waiting.edited), ("a", None), "the old text until then");
        assert_eq!(waiting.pending.len(), 1);
        assert_eq!((&waiting.pending[0].change, waiting.pending[0].failed), (&edit("b"), None));
        assert_eq!(talk.change(sent, "e", edit("c")).await.unwrap(), waiting, "the same id");
        assert_eq!(talk.next().await, ["edit a: b"]);

        let mut events = store.hub().subscribe();
        let at = DateTime::from_timestamp(Utc::now().timestamp() + 1, 0).unwrap();
        talk.outbox.confirmed(&wa("e"), Some(at)).await.unwrap();
        let edited = talk.message(sent).await;
        assert_eq!((&*edited.text, edited.edited), ("b", Some(at.timestamp_micros())));
        assert_eq!(edited.pending, []);
        assert_eq!(talk.next().await, [""; 0]);
        let preview = talk.desk.owner.chat(talk.chat).await.unwrap().preview.unwrap();
        assert_eq!(preview.text, "b");
        assert!(events.try_recv().is_ok(), "open pages are told");

        talk.outbox.confirmed(&wa("e"), None).await.unwrap();
        assert!(events.try_recv().is_err(), "a second acknowledgement changes nothing");
        assert_eq!(talk.change(sent, "e", edit("c")).await.unwrap(), edited, "it was made already");
        assert_eq!(talk.next().await, [""; 0]);
        let by = "SELECT kind || ':' || value || ':' || CAST(author_id AS TEXT) FROM amendment \
                  WHERE kind = 'edited'";
        let user = talk.desk.owner.user().id;
        assert_eq!(column(&raw, by).await, [format!("edited:b:{user}")]);
    })
    .await;
}

#[tokio::test]
async fn a_deletion_and_reactions_take_effect() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let (question, sent) = (talk.question().await, talk.send("a").await);
        talk.change(question, "r1", react("👍")).await.unwrap();
        talk.change(sent, "r2", react("🙏")).await.unwrap();
        assert_eq!(talk.next().await, ["react their q: 👍", "react own a: 🙏"]);
        assert_eq!(talk.message(question).await.reactions, []);
        talk.confirm("r1").await;
        talk.confirm("r2").await;
        let by = vec![Author::User { name: "owner".into() }];
        let expected = [Reaction { emoji: "👍".into(), by }];
        assert_eq!(talk.message(question).await.reactions, expected);
        assert_eq!(talk.message(sent).await.reactions.len(), 1);

        talk.change(question, "r3", react("")).await.unwrap();
        talk.confirm("r3").await;
        assert_eq!(talk.message(question).await.reactions, []);

        talk.change(sent, "d", Change::Revoke).await.unwrap();
        assert_eq!(talk.message(sent).await.kind, MessageKind::Text);
        let second = talk.change(sent, "d2", Change::Revoke).await;
        assert!(matches!(second, Err(Error::Unchangeable)), "it waits to be deleted");
        talk.confirm("d").await;
        let deleted = talk.message(sent).await;
        assert_eq!((deleted.kind, &*deleted.text), (MessageKind::Revoked, ""));
        let again = talk.change(sent, "d", Change::Revoke).await.unwrap();
        assert_eq!(again, deleted);
        let preview = talk.desk.owner.chat(talk.chat).await.unwrap().preview.unwrap();
        assert_eq!(preview.kind, MessageKind::Revoked);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_changed_is_refused_by_reason() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let now = Utc::now();
        let own = |message: Inbound| Inbound { from_me: true, timestamp: now, ..message };
        let batch = [
            placeholder(&talk.peer, "unread", now),
            own(picture(&talk.peer, "photo", 1)),
            own(phones_own(&talk.peer, "phone", 2)),
        ];
        ingest.messages(&batch).await.unwrap();
        let find = |id: &'static str| {
            let messages = talk.desk.owner.messages(talk.chat, None, 100);
            async move { messages.await.unwrap().into_iter().find(|m| m.wa_id == wa(id)).unwrap().id }
        };
        let (question, unread) = (find("q").await, find("unread").await);
        let (photo, phone) = (find("photo").await, find("phone").await);
        let failed = talk.queue("failed").await;
        talk.fail("failed", FailReason::Refused).await;
        let refused = [
            (question, edit("x")),
            (question, Change::Revoke),
            (photo, edit("x")),
            (unread, react("👍")),
            (failed, edit("x")),
            (failed, Change::Revoke),
            (failed, react("👍")),
        ];
        for (message, change) in refused {
            let result = talk.change(message, "x", change.clone()).await;
            assert!(matches!(result, Err(Error::Unchangeable)), "{change:?}: {result:?}");
        }
        for emoji in ["ab", "hello", " ", "a", "é", "1", "#"] {
            let result = talk.change(question, "x", react(emoji)).await;
            assert!(matches!(result, Err(Error::Invalid(Field::Reaction))), "{emoji:?}");
        }
        for nothing in [" \n", "\u{200b}\u{2060} \u{200d}", "\u{3164}"] {
            let empty = talk.change(phone, "x", edit(nothing)).await;
            assert!(matches!(empty, Err(Error::EmptyText)), "{nothing:?}");
            let sent = store.enqueue_text(&talk.grant, talk.chat, wa("x"), nothing, None).await;
            assert!(matches!(sent, Err(Error::EmptyText)), "{nothing:?}");
        }
        let long = talk.change(phone, "x", edit(&"é".repeat(MAX_TEXT + 1))).await;
        assert!(matches!(long, Err(Error::TextTooLong)));
        let missing = talk.change(MessageId(999_999), "x", Change::Revoke).await;
        assert!(matches!(missing, Err(Error::NotFound)));
        assert_eq!(talk.next().await, [""; 0]);

        // Those that were written on the own phone are the number's own.
        talk.change(phone, "e", edit("y")).await.unwrap();
        talk.change(photo, "d", Change::Revoke).await.unwrap();
        assert_eq!(talk.next().await, ["edit phone: y", "revoke photo"]);
        for taken in ["e", "phone"] {
            let result = talk.change(question, taken, react("👍")).await;
            assert!(matches!(result, Err(Error::Invalid(Field::MessageId))), "{taken}");
        }
        let sent = store.enqueue_text(&talk.grant, talk.chat, wa("e"), "x", None).await;
        assert!(matches!(sent, Err(Error::Invalid(Field::MessageId))));
        talk.confirm("d").await;
        let deleted = talk.change(photo, "x", react("👍")).await;
        assert!(matches!(deleted, Err(Error::Unchangeable)));

        let other = talk.desk.owner.add_connection(number("Suporte")).await.unwrap();
        let elsewhere = talk.desk.owner.grant_write(other).await.unwrap();
        let foreign = store.enqueue_change(&elsewhere, question, wa("x"), react("👍")).await;
        assert!(matches!(foreign, Err(Error::NotFound)));

        for (minutes, change) in [(16, edit("z")), (60 * 60, Change::Revoke)] {
            let old = format!("UPDATE message SET sent_at = sent_at - {}", minutes * 60_000_000_i64);
            raw.execute_unprepared(&old).await.unwrap();
            let result = talk.change(phone, "late", change.clone()).await;
            assert!(matches!(result, Err(Error::TooLate)), "{change:?}: {result:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_change_of_a_waiting_text_goes_after_the_text() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let waiting = talk.queue("a").await;
        talk.queue("b").await;
        // A number may be away for longer than an edit is possible.
        let written =
            "UPDATE message SET sent_at = sent_at - 1200000000 WHERE wa_id = '3EB00000-a'";
        raw.execute_unprepared(written).await.unwrap();
        talk.change(waiting, "e", edit("A")).await.unwrap();
        talk.queue("c").await;
        assert_eq!(talk.next().await, ["send a", "send b"], "the rest of the lane waits");
        talk.confirm("a").await;
        assert_eq!(talk.next().await, ["send b", "edit a: A", "send c"]);
        let next = talk.outbox.next(2, &[]).await.unwrap();
        let Operation::Edit { taken_at, .. } = &next[1].operation else { panic!("{next:?}") };
        assert!(Utc::now() - *taken_at < TimeDelta::minutes(5), "since WhatsApp has it");
        talk.confirm("e").await;
        assert_eq!(talk.message(waiting).await.text, "A");

        // A receipt that overtakes the acknowledgement frees it as well.
        let other = talk.queue("d").await;
        talk.change(other, "x", Change::Revoke).await.unwrap();
        let id: String = wa("d").into();
        let ingest = store.ingest(talk.desk.number);
        ingest.receipt(&talk.peer, &[id], Delivery::Delivered, Utc::now()).await.unwrap();
        assert_eq!(talk.next().await, ["send b", "send c", "revoke d"]);
        // The stanza of a change has no receipts.
        let id: String = wa("x").into();
        ingest.receipt(&talk.peer, &[id], Delivery::Read, Utc::now()).await.unwrap();
        assert_eq!(talk.next().await, ["send b", "send c", "revoke d"]);
    })
    .await;
}

#[tokio::test]
async fn a_change_fails_with_its_text_and_is_tried_again_after_it() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let text = talk.queue("a").await;
        let change = talk.change(text, "e", edit("A")).await.unwrap().pending[0].id;
        talk.fail("a", FailReason::Refused).await;
        assert_eq!(talk.failed(text).await, [Some(FailReason::NotSent)]);
        assert_eq!(talk.next().await, [""; 0]);
        let too_early = store.retry_change(&talk.grant, change).await;
        assert!(matches!(too_early, Err(Error::Unchangeable)), "the text itself has failed");

        store.retry(&talk.grant, text).await.unwrap();
        assert_eq!(
            talk.failed(text).await,
            [Some(FailReason::NotSent)],
            "a change is retried by itself"
        );
        let retried = store.retry_change(&talk.grant, change).await.unwrap();
        assert_eq!((retried.pending.len(), retried.pending[0].failed), (1, None));
        assert_eq!(talk.next().await, ["send a"]);
        talk.confirm("a").await;
        assert_eq!(talk.next().await, ["edit a: A"]);
        talk.confirm("e").await;
        assert_eq!(talk.message(text).await.text, "A");
    })
    .await;
}

#[tokio::test]
async fn an_operation_that_has_to_wait_holds_up_its_chat_alone() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let peer = Peer::pn("5561998124472");
        let number = talk.desk.number;
        let other = receive(&store, &talk.desk.owner, number, incoming(&peer, "o", 1)).await;
        for name in ["a", "b"] {
            talk.queue(name).await;
        }
        store.enqueue_text(&talk.grant, other.id, wa("c"), "c", None).await.unwrap();
        assert_eq!(talk.next().await, ["send a", "send b", "send c"], "those under way too");
        let first = talk.outbox.next(1, &[]).await.unwrap().remove(0);
        talk.outbox.retry_later(first.id, Utc::now() + LONGEST_PAUSE).await.unwrap();
        assert_eq!(talk.next().await, ["send c"]);
        talk.outbox.retry_later(first.id, Utc::now() - TimeDelta::seconds(1)).await.unwrap();
        assert_eq!(talk.next().await, ["send a", "send b", "send c"]);
        let again = talk.outbox.next(1, &[]).await.unwrap().remove(0);
        assert_eq!((again.id, again.attempts), (first.id, 2));

        // A change that failed holds up nothing.
        let question = talk.question().await;
        talk.change(question, "r", react("👍")).await.unwrap();
        talk.queue("d").await;
        talk.fail("r", FailReason::Refused).await;
        assert_eq!(talk.next().await, ["send a", "send b", "send c", "send d"]);
    })
    .await;
}

#[tokio::test]
async fn a_failed_change_waits_for_a_person() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let sent = talk.send("a").await;
        let change = talk.change(sent, "e", edit("A")).await.unwrap().pending[0].id;
        talk.fail("e", FailReason::Refused).await;
        talk.fail("e", FailReason::Restricted).await;
        assert_eq!(talk.failed(sent).await, [Some(FailReason::Refused)], "the first reason counts");
        let kept = store.discard_change(&talk.grant, OperationId(999_999)).await;
        assert!(matches!(kept, Err(Error::NotFound)));

        let retried = store.retry_change(&talk.grant, change).await.unwrap();
        assert_eq!((retried.pending[0].id, retried.pending[0].failed), (change, None));
        assert_eq!(
            store.retry_change(&talk.grant, change).await.unwrap(),
            retried,
            "a second click"
        );
        assert_eq!(store.discard_change(&talk.grant, change).await.unwrap(), retried, "it waits");
        assert_eq!(talk.next().await, ["edit a: A"]);
        talk.confirm("e").await;
        assert_eq!(talk.message(sent).await.text, "A");

        let other = talk.change(sent, "f", edit("B")).await.unwrap().pending[0].id;
        talk.fail("f", FailReason::Refused).await;
        let discarded = store.discard_change(&talk.grant, other).await.unwrap();
        assert_eq!((&*discarded.text, discarded.pending.len()), ("A", 0));

        // An acknowledgement that comes after all counts.
        let late = talk.change(sent, "g", edit("C")).await.unwrap().pending[0].id;
        talk.fail("g", FailReason::Expired).await;
        let long_ago = "UPDATE message SET sent_at = sent_at - 1200000000, taken_at = NULL";
        raw.execute_unprepared(long_ago).await.unwrap();
        let too_late = store.retry_change(&talk.grant, late).await;
        assert!(matches!(too_late, Err(Error::TooLate)));
        talk.confirm("g").await;
        let message = talk.message(sent).await;
        assert_eq!((&*message.text, message.pending.len()), ("C", 0));
    })
    .await;
}

#[tokio::test]
async fn what_waits_too_long_or_for_an_unlinked_number_fails() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let phone = "5561900000000";
        assert_eq!(ingest.linked(phone, None, None, None).await.unwrap(), Scanned::Linked);
        let (question, text) = (talk.question().await, talk.queue("a").await);
        talk.change(text, "e", edit("A")).await.unwrap();
        talk.change(question, "r", react("👍")).await.unwrap();
        let old = "UPDATE outbox SET queued_at = queued_at - 3600000000";
        raw.execute_unprepared(old).await.unwrap();
        let waited = Duration::from_secs(3500);
        assert_eq!(store.expire_queued(waited).await.unwrap(), 2, "the edit fails with its text");
        assert_eq!(talk.failed(text).await, [Some(FailReason::NotSent)]);
        assert_eq!(talk.failed(question).await, [Some(FailReason::Expired)]);
        let expired = Some(Delivery::Failed { reason: FailReason::Expired });
        assert_eq!(talk.message(text).await.delivery, expired);
        assert_eq!(store.expire_queued(waited).await.unwrap(), 0, "once");

        let later = talk.queue("b").await;
        talk.change(question, "r2", react("🙏")).await.unwrap();
        ingest.unlinked(EndReason::UnlinkedByPhone, &ActorContext::system()).await.unwrap();
        assert_eq!(talk.failed(question).await, [Some(FailReason::Unlinked)]);
        let unlinked = Some(Delivery::Failed { reason: FailReason::Unlinked });
        assert_eq!(talk.message(later).await.delivery, unlinked);
        assert_eq!(talk.next().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn operations_of_two_chats_that_become_one_are_kept() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let hidden = Talk::with(&store, desk, Peer::lid("99@lid")).await;
        let owner = hidden.desk.owner.clone();
        let number: ConnectionId = hidden.desk.number;
        let known = receive(&store, &owner, number, incoming(&Peer::pn("1"), "k", 5)).await;
        let (question, reply_to) = (hidden.question().await, Some(hidden.question().await));
        hidden.change(question, "r", react("👍")).await.unwrap();
        store.enqueue_text(&hidden.grant, known.id, wa("b"), "b", None).await.unwrap();
        let answer = store.enqueue_text(&hidden.grant, hidden.chat, wa("a"), "a", reply_to).await;
        hidden.change(answer.unwrap().id, "e", edit("A")).await.unwrap();

        store.ingest(number).link_identity("99@lid", "1").await.unwrap();
        let page = ChatsPage { connection: None, before: None, limit: 10 };
        let chats = owner.chats(page).await.unwrap();
        assert_eq!(chats.len(), 1);
        assert_eq!(hidden.next().await, ["react their q: 👍", "send b", "send a"]);
        let next = hidden.outbox.next(10, &[]).await.unwrap();
        assert!(next.iter().all(|outgoing| outgoing.chat == chats[0].id), "one lane");
        for id in ["r", "b", "a", "e"] {
            hidden.confirm(id).await;
        }
        let messages = owner.messages(chats[0].id, None, 10).await.unwrap();
        let reacted = messages.iter().find(|message| message.wa_id == wa("q")).unwrap();
        assert_eq!(reacted.reactions.len(), 1);
        let answer = messages.iter().find(|message| message.wa_id == wa("a")).unwrap();
        assert_eq!(answer.text, "A");
        assert_eq!(answer.reply_to.as_ref().unwrap().message, Some(reacted.id));
        let quoted = "SELECT 'same' FROM message answer JOIN message q \
                      ON q.sender_id = answer.quoted_sender_id AND q.wa_id = answer.quoted_wa_id";
        assert_eq!(column(&raw, quoted).await, ["same"]);
    })
    .await;
}
