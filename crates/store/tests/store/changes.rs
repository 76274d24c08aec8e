//! Changes of one message: their order, their time, their bound, and ids that are asked for again.

use chrono::{DateTime, TimeDelta, Utc};
use model::{
    Change, ChatId, Delivery, FailReason, Message, MessageKind, Reaction, bounds,
    change::EDITABLE_FOR,
};
use sea_orm::ConnectionTrait as _;
use store::{ChatsPage, Error, Field, Inbound, MessageUpdate, Peer, UpdateOf};

use crate::support::{
    Desk, Talk, edit, incoming, on_both, on_both_raw, phones_own, react, receive, wa,
};

/// Returns the emojis of the reactions to a message.
fn emojis(reactions: &[Reaction]) -> Vec<&str> {
    reactions.iter().map(|reaction| &*reaction.emoji).collect()
}

#[tokio::test]
async fn a_change_waits_for_the_earlier_ones_of_its_message() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let sent = talk.send("a").await;
        talk.change(sent, "e1", edit("b")).await.unwrap();
        let second = talk.change(sent, "e2", edit("c")).await.unwrap().pending[1].id;
        talk.queue("d").await;
        assert_eq!(talk.next().await, ["edit a: b"], "the rest of the lane waits");
        talk.confirm("e1").await;
        assert_eq!(talk.next().await, ["edit a: c", "send d"]);

        // A failed one is retried behind those that were made since.
        talk.change(sent, "e3", edit("e")).await.unwrap();
        talk.fail("e2", FailReason::Refused).await;
        assert_eq!(talk.next().await, ["send d", "edit a: e"]);
        let retried = store.retry_change(&talk.grant, second).await.unwrap();
        let pending: Vec<_> = retried.pending.iter().map(|pending| &pending.change).collect();
        assert_eq!(pending, [&edit("e"), &edit("c")]);
        assert_eq!(talk.next().await, ["send d", "edit a: e"]);
        talk.fail("e3", FailReason::Refused).await;
        assert_eq!(talk.next().await, ["send d", "edit a: c"], "a failed one frees the later ones");
        talk.confirm("e2").await;
        assert_eq!(talk.message(sent).await.text, "c");
    })
    .await;
}

#[tokio::test]
async fn a_newer_change_replaces_the_failed_ones_of_its_kind_on_its_message() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let (sent, other) = (talk.send("a").await, talk.send("b").await);
        let failing =
            [(sent, "e1", edit("c")), (sent, "r1", react("👍")), (other, "e2", edit("d"))];
        for (message, id, change) in failing {
            talk.change(message, id, change).await.unwrap();
            talk.fail(id, FailReason::Refused).await;
        }
        let of = |message: Message| -> Vec<_> {
            message.pending.into_iter().map(|one| (one.change, one.failed)).collect()
        };
        let refused = Some(FailReason::Refused);
        let changed = talk.change(sent, "e3", edit("e")).await.unwrap();
        assert_eq!(of(changed), [(react("👍"), refused), (edit("e"), None)]);
        assert_eq!(of(talk.message(other).await), [(edit("d"), refused)]);

        // One that waits stays: it goes out first.
        let changed = talk.change(sent, "e4", edit("f")).await.unwrap();
        assert_eq!(of(changed), [(react("👍"), refused), (edit("e"), None), (edit("f"), None)]);

        // A change that is refused replaces nothing.
        let invalid = talk.change(sent, "r2", react("x")).await;
        assert!(matches!(invalid, Err(Error::Invalid(Field::Reaction))), "{invalid:?}");
        assert_eq!(talk.failed(sent).await, [refused, None, None]);
    })
    .await;
}

#[tokio::test]
async fn an_edit_of_a_text_that_changed_meanwhile_is_refused() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let sent = talk.send("a").await;
        let edits = |id: &str, text: &str, seen| {
            store.enqueue_edit(&talk.grant, sent, wa(id), text.to_owned(), seen)
        };
        let first = edits("e1", "b", Some(0)).await.unwrap();
        let second = edits("e2", "c", Some(0)).await;
        assert!(matches!(second, Err(Error::Edited)), "the first one waits: {second:?}");
        assert_eq!(edits("e1", "b", Some(0)).await.unwrap(), first, "the same id");
        talk.confirm("e1").await;
        let second = edits("e2", "c", Some(0)).await;
        assert!(matches!(second, Err(Error::Edited)), "the first one counts: {second:?}");
        edits("e1", "b", Some(0)).await.unwrap();

        let seen = talk.message(sent).await.edited;
        edits("e3", "c", seen).await.unwrap();
        talk.fail("e3", FailReason::Refused).await;
        edits("e4", "d", seen).await.unwrap();
        edits("e5", "e", None).await.unwrap();
        assert_eq!(talk.next().await, ["edit a: d"]);
    })
    .await;
}

#[tokio::test]
async fn the_right_to_write_in_a_chat_changes_no_message_of_another() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let (number, owner) = (talk.desk.number, &talk.desk.owner);
        let sent = talk.send("a").await;
        let failed = talk.change(sent, "e", edit("b")).await.unwrap().pending[0].id;
        talk.fail("e", FailReason::Refused).await;
        let peer = Peer::pn("5561998124472");
        // It is the newest chat.
        let asked = Inbound { timestamp: Utc::now(), ..incoming(&peer, "o", 0) };
        let other = receive(&store, owner, number, asked).await;
        assert_ne!(other.id, talk.chat);

        let (elsewhere, _) = owner.write_chat(other.id).await.unwrap();
        for change in [edit("c"), react("👍"), Change::Revoke] {
            let refused = store.enqueue_change(&elsewhere, sent, wa("x"), change).await;
            assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        }
        let retried = store.retry_change(&elsewhere, failed).await;
        let discarded = store.discard_change(&elsewhere, failed).await;
        let again = store.retry(&elsewhere, sent).await;
        for refused in [retried, discarded, again] {
            assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        }
        let (here, _) = owner.write_chat(talk.chat).await.unwrap();
        store.retry_change(&here, failed).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn changes_of_a_waiting_text_fail_with_it_or_go_one_after_the_other() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let refused = talk.queue("a").await;
        talk.change(refused, "e1", edit("b")).await.unwrap();
        talk.change(refused, "e2", edit("c")).await.unwrap();
        talk.fail("a", FailReason::Refused).await;
        assert_eq!(talk.failed(refused).await, [Some(FailReason::NotSent); 2]);

        let waiting = talk.queue("d").await;
        talk.change(waiting, "e3", edit("e")).await.unwrap();
        talk.change(waiting, "e4", Change::Revoke).await.unwrap();
        assert_eq!(talk.next().await, ["send d"]);
        talk.confirm("d").await;
        assert_eq!(talk.next().await, ["edit d: e"]);
        talk.confirm("e3").await;
        assert_eq!(talk.next().await, ["revoke d"]);
    })
    .await;
}

#[tokio::test]
async fn the_first_attempt_is_remembered_until_a_person_tries_again() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let sent = talk.send("a").await;
        let change = talk.change(sent, "e", edit("b")).await.unwrap().pending[0].id;
        let was_sent = || async { talk.outbox.next(1, &[]).await.unwrap()[0].was_sent };
        assert!(!was_sent().await);
        let mut events = store.hub().subscribe();
        for _again in 0..2 {
            talk.outbox.sent(change).await.unwrap();
            assert!(was_sent().await);
        }
        talk.outbox.not_sent(change).await.unwrap();
        assert!(!was_sent().await);
        talk.outbox.sent(change).await.unwrap();
        assert!(events.try_recv().is_err(), "pages show nothing of it");

        talk.fail("e", FailReason::Refused).await;
        store.retry_change(&talk.grant, change).await.unwrap();
        assert!(!was_sent().await);
    })
    .await;
}

#[tokio::test]
async fn a_pause_that_a_wrong_clock_made_long_is_over() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        talk.queue("a").await;
        let waiting = talk.outbox.next(1, &[]).await.unwrap().remove(0).id;
        let soon = Utc::now() + TimeDelta::seconds(15);
        talk.outbox.retry_later(waiting, soon).await.unwrap();
        assert_eq!(talk.next().await, [""; 0]);
        let far = Utc::now() + TimeDelta::hours(1);
        talk.outbox.retry_later(waiting, far).await.unwrap();
        assert_eq!(talk.next().await, ["send a"]);
    })
    .await;
}

#[tokio::test]
async fn the_time_for_changes_begins_when_whatsapp_takes_the_message() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let at_once = talk.queue("a").await;
        let sent_at = talk.message(at_once).await.sent_at;
        talk.outbox.confirmed(&wa("a"), Some(sent_at)).await.unwrap();
        assert_eq!(talk.message(at_once).await.taken_at, None);

        let waited = talk.queue("b").await;
        let written =
            "UPDATE message SET sent_at = sent_at - 1200000000 WHERE wa_id = '3EB00000-b'";
        raw.execute_unprepared(written).await.unwrap();
        let now = Utc::now();
        let waiting = talk.message(waited).await;
        assert_eq!((waiting.taken_at, waiting.edit_left(now)), (None, EDITABLE_FOR));
        let taken_at = DateTime::from_timestamp(now.timestamp(), 0).unwrap();
        talk.outbox.confirmed(&wa("b"), Some(taken_at)).await.unwrap();
        let taken = talk.message(waited).await;
        assert_eq!((taken.sent_at, taken.position), (waiting.sent_at, waiting.position));
        assert_eq!(taken.taken_at, Some(taken_at));
        assert!(taken.edit_left(now) > EDITABLE_FOR - TimeDelta::seconds(2));
        assert!(taken.revoke_left(now) > taken.edit_left(now));
        talk.change(waited, "e", edit("c")).await.unwrap();

        let long_ago = "UPDATE message SET taken_at = taken_at - 900000000";
        raw.execute_unprepared(long_ago).await.unwrap();
        assert!(talk.message(waited).await.edit_left(Utc::now()) <= TimeDelta::zero());
        let late = talk.change(waited, "f", edit("d")).await;
        assert!(matches!(late, Err(Error::TooLate)), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn a_message_has_few_waiting_and_failed_changes_and_a_deletion_ends_them() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let question = talk.question().await;
        for nth in 0..bounds::CHANGES {
            talk.change(question, &format!("r{nth}"), react("👍")).await.unwrap();
        }
        talk.fail("r1", FailReason::Refused).await;
        let surplus = talk.change(question, "more", react("👍")).await;
        assert!(matches!(surplus, Err(Error::Unchangeable)), "{surplus:?}");
        talk.change(question, "r0", react("👍")).await.unwrap();
        talk.confirm("r0").await;
        talk.change(question, "more", react("👍")).await.unwrap();

        let sent = talk.send("a").await;
        talk.change(sent, "e", edit("b")).await.unwrap();
        talk.fail("e", FailReason::Refused).await;
        talk.change(sent, "d", Change::Revoke).await.unwrap();
        talk.confirm("d").await;
        let deleted = talk.message(sent).await;
        assert_eq!((deleted.kind, deleted.pending), (MessageKind::Revoked, vec![]));
        let pending = talk.message(question).await.pending.len();
        assert_eq!(pending, bounds::CHANGES - 1, "the last one replaced the failed one");
    })
    .await;
}

#[tokio::test]
async fn a_message_of_a_group_is_edited_and_deleted_as_any_other() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let own = Inbound {
            group: Some("120363@g.us".to_owned()),
            sender: Some(talk.peer.clone()),
            timestamp: Utc::now(),
            ..phones_own(&talk.peer, "own", 0)
        };
        store.ingest(talk.desk.number).messages(&[own]).await.unwrap();
        let page = ChatsPage { connection: None, before: None, limit: 10 };
        let chats = talk.desk.owner.chats(page).await.unwrap();
        let group = chats.iter().find(|chat| chat.id != talk.chat).unwrap();
        let is_group = |id: ChatId| chats.iter().any(|chat| chat.id == id && chat.group);
        assert_eq!((is_group(group.id), is_group(talk.chat)), (true, false));

        let message = talk.desk.owner.messages(group.id, None, 1).await.unwrap().remove(0);
        talk.change(message.id, "e", edit("x")).await.unwrap();
        assert_eq!(talk.next().await, ["edit own: x"]);
        talk.confirm("e").await;
        talk.change(message.id, "d", Change::Revoke).await.unwrap();
        assert_eq!(talk.next().await, ["revoke own"]);
    })
    .await;
}

#[tokio::test]
async fn a_reaction_that_was_replaced_is_not_made_again_and_its_id_is_taken() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let (question, sent) = (talk.question().await, talk.send("a").await);
        for (id, emoji) in [("r1", "👍"), ("r2", "❤️"), ("r3", "")] {
            talk.change(question, id, react(emoji)).await.unwrap();
            talk.confirm(id).await;
        }
        // The own phone reacts, and the acknowledgement of an earlier reaction comes after it.
        let what = MessageUpdate::Reaction("🙏".to_owned());
        let amends = Some(UpdateOf { target: wa("q").into(), what });
        let timestamp = Utc::now();
        let by_phone = Inbound { amends, timestamp, ..phones_own(&talk.peer, "phone", 0) };
        talk.change(question, "r4", react("😂")).await.unwrap();
        store.ingest(talk.desk.number).messages(&[by_phone]).await.unwrap();
        let earlier = Utc::now() - TimeDelta::minutes(1);
        talk.outbox.confirmed(&wa("r4"), Some(earlier)).await.unwrap();

        for id in ["r1", "r2", "r3", "r4"] {
            let again = talk.change(question, id, react("👍")).await.unwrap();
            assert_eq!((emojis(&again.reactions), again.pending.len()), (vec!["🙏"], 0), "{id}");
            let elsewhere = talk.change(sent, id, react("👍")).await;
            assert!(matches!(elsewhere, Err(Error::Invalid(Field::MessageId))), "{id}");
            let text = store.enqueue_text(&talk.grant, talk.chat, wa(id), "x", None).await;
            assert!(matches!(text, Err(Error::Invalid(Field::MessageId))), "{id}");
        }
        assert_eq!(talk.next().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn ids_of_reactions_are_kept_when_two_chats_become_one() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let talk = Talk::with(&store, desk, Peer::lid("99@lid")).await;
        let known = incoming(&Peer::pn("1"), "k", 5);
        let ingest = store.ingest(talk.desk.number);
        ingest.messages(&[known]).await.unwrap();
        let question = talk.question().await;
        for (id, emoji) in [("r1", "👍"), ("r2", "❤️"), ("r3", "😂")] {
            talk.change(question, id, react(emoji)).await.unwrap();
            talk.confirm(id).await;
        }
        ingest.link_identity("99@lid", "1").await.unwrap();
        for id in ["r1", "r2", "r3"] {
            let again = talk.change(question, id, react("👍")).await.unwrap();
            assert_eq!((emojis(&again.reactions), again.pending.len()), (vec!["😂"], 0), "{id}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_receipt_that_comes_first_is_the_time_at_which_whatsapp_took_it() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let waited = talk.queue("a").await;
        raw.execute_unprepared("UPDATE message SET sent_at = sent_at - 1200000000").await.unwrap();
        let id: String = wa("a").into();
        let ingest = store.ingest(talk.desk.number);
        ingest.receipt(&talk.peer, &[id], Delivery::Read, Utc::now()).await.unwrap();
        let taken_at = talk.message(waited).await.taken_at.unwrap();
        assert!(Utc::now() - taken_at < TimeDelta::minutes(5));
        // The acknowledgement changes nothing any more.
        talk.outbox.confirmed(&wa("a"), Some(taken_at + TimeDelta::minutes(1))).await.unwrap();
        assert_eq!(talk.message(waited).await.taken_at, Some(taken_at));
    })
    .await;
}
