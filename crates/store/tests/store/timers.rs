//! Disappearing messages: the timer of a chat, and the removal of messages that are due.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Utc};
use model::content::System;
use model::{
    Change, Chat, ChatTimerChoice, Delivery, FailReason, LiveEvent, MessageContent, Notice,
};
use store::{
    ChatTimer, ChatsPage, Inbound, MessageUpdate, Operation, Peer, QuotedAuthor, Replay, Store,
    UpdateOf,
};

use crate::support::{
    Talk, at, count, incoming, on_both, on_both_raw, phones_own, picture, placeholder, texts, wa,
};

const DAY: u32 = 86_400;

/// A message that disappears after this time.
fn lasting(seconds: u32, message: Inbound) -> Inbound {
    Inbound { timer: Some(ChatTimer { seconds, set_at: None }), ..message }
}

/// The setting of a timer by the contact, `seconds` after the first message.
fn setting(talk: &Talk, name: &str, timer: u32, seconds: i64) -> Inbound {
    let content = MessageContent::System(System::Timer { seconds: timer });
    let message = Inbound { text: String::new(), ..incoming(&talk.peer, name, seconds) };
    lasting(timer, fixtures::with_content(message, content))
}

async fn receive(talk: &Talk, messages: &[Inbound]) {
    talk.store.ingest(talk.desk.number).messages(messages).await.unwrap();
}

async fn remove_due(store: &Store) -> usize {
    let due = store.due_messages().await.unwrap();
    store.remove_due(&due).await.unwrap()
}

async fn chat(talk: &Talk) -> Chat {
    talk.desk.owner.chat(talk.chat).await.unwrap()
}

/// Sets the timer from here, and returns the notice about it.
async fn set(talk: &Talk, name: &str, timer: ChatTimerChoice) -> model::Message {
    talk.store.enqueue_timer(&talk.grant, talk.chat, wa(name), timer).await.unwrap()
}

#[tokio::test]
async fn the_setting_that_was_made_last_counts_whatever_comes_last() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        assert_eq!(chat(&talk).await.timer, 0);
        receive(&talk, &[setting(&talk, "on", DAY, 10)]).await;
        assert_eq!(chat(&talk).await.timer, DAY);
        receive(&talk, &[setting(&talk, "week", 7 * DAY, 30), setting(&talk, "off", 0, 20)]).await;
        assert_eq!(chat(&talk).await.timer, 7 * DAY);
        // A message tells of a setting that was missed, and an old one of nothing.
        receive(&talk, &[lasting(5, incoming(&talk.peer, "old", 29))]).await;
        assert_eq!(chat(&talk).await.timer, 7 * DAY);
        receive(&talk, &[lasting(90 * DAY, incoming(&talk.peer, "new", 40))]).await;
        assert_eq!(chat(&talk).await.timer, 90 * DAY);
        // A time in the future does not block what is set later.
        let set_at = Some(at(1_000_000));
        let timer = Some(ChatTimer { seconds: DAY, set_at });
        receive(&talk, &[Inbound { timer, ..incoming(&talk.peer, "liar", 50) }]).await;
        receive(&talk, &[setting(&talk, "last", 0, 60)]).await;
        assert_eq!(chat(&talk).await.timer, 0);
        // No app offers a shorter one than a day, by which our messages would be gone before they are read.
        let short = lasting(5, incoming(&talk.peer, "short", 70));
        receive(&talk, &[short, setting(&talk, "seconds", 5, 80)]).await;
        assert_eq!(chat(&talk).await.timer, 0);
    })
    .await;
}

#[tokio::test]
async fn what_is_due_goes_and_what_states_no_time_stays() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let fresh = lasting(DAY, incoming(&talk.peer, "fresh", 0));
        let lost = placeholder(&talk.peer, "lost", at(4));
        receive(
            &talk,
            &[
                setting(&talk, "on", DAY, 1),
                lasting(DAY, incoming(&talk.peer, "due", 2)),
                lasting(DAY, phones_own(&talk.peer, "own", 3)),
                lost,
                incoming(&talk.peer, "kept", 5),
                Inbound { timestamp: Utc::now(), ..fresh },
            ],
        )
        .await;
        assert_eq!(store.due_messages().await.unwrap().len(), 3);
        assert_eq!(remove_due(&store).await, 3);
        assert_eq!(texts(&talk.desk.owner, talk.chat).await, ["q", "", "kept", "fresh"]);
        let notice = &talk.desk.owner.messages(talk.chat, None, 10).await.unwrap()[1].notice;
        assert_eq!(*notice, Some(Notice::System(System::Timer { seconds: DAY })));
        assert_eq!(remove_due(&store).await, 0);
        // A second delivery is due again.
        receive(&talk, &[lasting(DAY, incoming(&talk.peer, "due", 2))]).await;
        assert_eq!(remove_due(&store).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_placeholder_has_the_time_of_its_message_once_it_comes() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        receive(&talk, &[setting(&talk, "on", DAY, 1), placeholder(&talk.peer, "lost", at(2))])
            .await;
        assert_eq!(store.due_messages().await.unwrap().len(), 1);
        receive(&talk, &[incoming(&talk.peer, "lost", 2)]).await;
        assert_eq!(store.due_messages().await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_message_goes_with_everything_that_repeats_it() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let (peer, owner) = (&talk.peer, &talk.desk.owner);
        let update = |name: &str, what| Inbound {
            amends: Some(UpdateOf { target: wa("due").to_string(), what }),
            ..incoming(peer, name, 6)
        };
        let quote = fixtures::quote(QuotedAuthor::Contact(peer.clone()), wa("due"), "secret");
        receive(
            &talk,
            &[
                lasting(DAY, Inbound { text: "secret".into(), ..picture(peer, "due", 2) }),
                lasting(DAY, Inbound { raw_message: Some(vec![7]), ..incoming(peer, "raw", 3) }),
                // As it was received it has a copy of the message that it answers.
                Inbound {
                    reply_to: Some(quote),
                    raw_message: Some(vec![8]),
                    ..incoming(peer, "answer", 4)
                },
                update("edit", MessageUpdate::Edited("secreter".into())),
                update("like", MessageUpdate::Reaction("👍".into())),
            ],
        )
        .await;
        let before = owner.last_seq().await.unwrap();
        let (was, due) = (chat(&talk).await, store.due_messages().await.unwrap());
        let files: Vec<_> = due.iter().map(|one| one.has_file).collect();
        assert_eq!(files, [true, false]);
        assert_eq!(store.remove_due(&due).await.unwrap(), 2);
        for table in ["amendment", "original", "media"] {
            assert_eq!(count(&raw, &format!("SELECT * FROM {table}")).await, 0, "{table}");
        }
        let left = owner.messages(talk.chat, None, 10).await.unwrap();
        assert_eq!(left.iter().map(|one| &*one.text).collect::<Vec<_>>(), ["q", "answer"]);
        assert_eq!(left[1].reply_to.as_ref().unwrap().excerpt, "");
        let is = chat(&talk).await;
        assert_eq!((is.last_at, is.preview.unwrap().text), (was.last_at, "answer".to_owned()));

        let Replay::Events(events) = owner.replay(before, 100).await.unwrap() else { panic!() };
        let gone: BTreeSet<i64> = events
            .iter()
            .filter_map(|event| match event.event {
                LiveEvent::Gone(message) => Some(message.0),
                _ => None,
            })
            .collect();
        assert_eq!(gone, due.iter().map(|one| one.message.0).collect());
        let answered = |event: &LiveEvent| {
            matches!(event, LiveEvent::Message { message, .. } if message.text == "answer")
        };
        assert!(events.iter().any(|event| answered(&event.event)), "its quote changed");
    })
    .await;
}

#[tokio::test]
async fn a_message_under_a_foreign_id_takes_nothing_of_the_other_with_it() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let sent = talk.send("ours").await;
        let like = UpdateOf {
            target: wa("ours").to_string(),
            what: MessageUpdate::Reaction("👍".into()),
        };
        receive(&talk, &[Inbound { amends: Some(like), ..incoming(&talk.peer, "like", 1) }]).await;
        receive(&talk, &[lasting(1, incoming(&talk.peer, "ours", 2))]).await;
        assert_eq!(remove_due(&store).await, 1);
        assert_eq!(talk.message(sent).await.reactions.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_setting_from_here_counts_once_whatsapp_has_it_and_what_follows_waits() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let notice = set(&talk, "timer", ChatTimerChoice::Day).await;
        assert_eq!(notice.notice, Some(Notice::System(System::Timer { seconds: DAY })));
        assert_eq!(notice.delivery, Some(Delivery::Queued));
        assert_eq!(set(&talk, "timer", ChatTimerChoice::Day).await.id, notice.id, "a double click");
        talk.queue("after").await;
        assert_eq!(talk.next().await, ["timer 86400"]);
        assert_eq!(chat(&talk).await.timer, 0);

        talk.confirm("timer").await;
        assert_eq!(chat(&talk).await.timer, DAY);
        let next = talk.outbox.next(10, &[]).await.unwrap().remove(0).operation;
        let Operation::Send { timer: Some(timer), .. } = next else { panic!("{next:?}") };
        assert_eq!(timer.seconds, DAY);
        assert!(timer.set_at.is_some_and(|at| Utc::now() - at < TimeDelta::minutes(5)));
        talk.confirm("after").await;
        assert_eq!(store.due_messages().await.unwrap(), [], "not before a day");

        set(&talk, "off", ChatTimerChoice::Off).await;
        talk.confirm("off").await;
        assert_eq!(chat(&talk).await.timer, 0);
        talk.queue("stays").await;
        let next = talk.outbox.next(10, &[]).await.unwrap().remove(0).operation;
        assert!(matches!(next, Operation::Send { timer: None, .. }), "{next:?}");
    })
    .await;
}

#[tokio::test]
async fn an_own_message_disappears_after_whatsapp_took_it_and_one_that_is_sent_again_waits() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        receive(&talk, &[setting(&talk, "on", DAY, 1)]).await;
        let expiring = "SELECT id FROM message WHERE expires_at IS NOT NULL";
        let failed = talk.queue("oi").await;
        assert_eq!(count(&raw, expiring).await, 0, "its time has not begun");
        talk.fail("oi", FailReason::Refused).await;
        assert_eq!(count(&raw, expiring).await, 1);
        let (grant, _) = talk.desk.owner.write_chat(talk.chat).await.unwrap();
        store.retry(&grant, failed).await.unwrap();
        assert_eq!(count(&raw, expiring).await, 0);
        assert_eq!(talk.next().await, ["send oi"]);
        talk.confirm("oi").await;
        assert_eq!(count(&raw, expiring).await, 1);
        // A message of the past, by the clock of WhatsApp.
        talk.queue("early").await;
        assert_eq!(talk.next().await, ["send early"]);
        talk.outbox.confirmed(&wa("early"), Some(at(2))).await.unwrap();
        assert_eq!(remove_due(&store).await, 1);
        assert_eq!(texts(&talk.desk.owner, talk.chat).await, ["q", "", "oi"]);
    })
    .await;
}

#[tokio::test]
async fn an_own_message_disappears_by_the_timer_with_which_it_was_sent() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let expiring = "SELECT id FROM message WHERE expires_at IS NOT NULL";
        talk.queue("never").await;
        assert_eq!(talk.next().await, ["send never"]);
        receive(&talk, &[setting(&talk, "on", DAY, 1)]).await;
        talk.confirm("never").await;
        assert_eq!(count(&raw, expiring).await, 0, "it was sent before there was a timer");

        talk.queue("day").await;
        assert_eq!(talk.next().await, ["send day"]);
        receive(&talk, &[setting(&talk, "off", 0, 2)]).await;
        talk.confirm("day").await;
        assert_eq!(count(&raw, expiring).await, 1);

        talk.queue("stays").await;
        assert_eq!(talk.next().await, ["send stays"]);
        receive(&talk, &[setting(&talk, "again", DAY, 3)]).await;
        talk.confirm("stays").await;
        assert_eq!(count(&raw, expiring).await, 1);
        // One that is sent again carries the timer of that moment.
        talk.queue("twice").await;
        talk.next().await;
        receive(&talk, &[setting(&talk, "last", 0, 4)]).await;
        assert_eq!(talk.next().await, ["send twice"]);
        talk.confirm("twice").await;
        assert_eq!(count(&raw, expiring).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_setting_that_failed_changes_nothing_and_can_be_sent_again() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let notice = set(&talk, "timer", ChatTimerChoice::Week).await;
        talk.queue("after").await;
        talk.fail("timer", FailReason::Refused).await;
        assert_eq!(chat(&talk).await.timer, 0);
        assert_eq!(talk.next().await, ["send after"], "it does not wait any more");
        talk.confirm("after").await;

        let (grant, _) = talk.desk.owner.write_chat(talk.chat).await.unwrap();
        store.retry(&grant, notice.id).await.unwrap();
        assert_eq!(talk.next().await, ["timer 604800"]);
        talk.confirm("timer").await;
        assert_eq!(chat(&talk).await.timer, 7 * DAY);
        // Nobody edits or deletes a notice.
        let revoked = talk.change(notice.id, "revoke", Change::Revoke).await;
        assert!(matches!(revoked, Err(store::Error::Unchangeable)), "{revoked:?}");
    })
    .await;
}

#[tokio::test]
async fn a_message_of_a_group_does_not_tell_the_timer_of_the_group() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let group = Inbound {
            group: Some("120363@g.us".into()),
            sender: Some(talk.peer.clone()),
            ..incoming(&talk.peer, "group", 5)
        };
        let chat = crate::support::receive(
            &store,
            &talk.desk.owner,
            talk.desk.number,
            lasting(DAY, group),
        )
        .await;
        assert!(chat.group);
        assert_eq!(chat.timer, 0);
        // The message itself states its time.
        assert_eq!(remove_due(&store).await, 1);
    })
    .await;
}

#[tokio::test]
async fn two_chats_of_one_person_keep_the_timer_that_was_set_last() {
    for (by_number, by_lid, kept) in [(10, 20, 7 * DAY), (20, 10, DAY)] {
        on_both(move |store| async move {
            let talk = Talk::open(&store).await;
            let hidden = Peer::lid("99@lid");
            let other = Inbound { peer: hidden.clone(), ..setting(&talk, "lid", 7 * DAY, by_lid) };
            receive(&talk, &[setting(&talk, "pn", DAY, by_number), other]).await;
            let both = Peer { lid: hidden.lid, ..talk.peer.clone() };
            receive(&talk, &[incoming(&both, "both", 30)]).await;
            let page = ChatsPage { connection: Some(talk.desk.number), before: None, limit: 10 };
            let chats = talk.desk.owner.chats(page).await.unwrap();
            assert_eq!(chats.iter().map(|chat| chat.timer).collect::<Vec<_>>(), [kept]);
        })
        .await;
    }
}

#[tokio::test]
async fn a_clock_that_is_ahead_does_not_outdo_the_contact() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        set(&talk, "timer", ChatTimerChoice::Day).await;
        // WhatsApp took it at a time that is in the past here.
        talk.outbox.confirmed(&wa("timer"), Some(at(10))).await.unwrap();
        assert_eq!(chat(&talk).await.timer, DAY);
        receive(&talk, &[setting(&talk, "off", 0, 20)]).await;
        assert_eq!(chat(&talk).await.timer, 0);
    })
    .await;
}

#[tokio::test]
async fn a_message_that_somebody_keeps_stays_until_somebody_decides_otherwise() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let keep = |said: Inbound, is_kept| {
            let what = MessageUpdate::Kept(is_kept);
            Inbound { amends: Some(UpdateOf { target: wa("due").to_string(), what }), ..said }
        };
        let due = async || store.due_messages().await.unwrap().len();
        // The decision may come before the message.
        receive(&talk, &[keep(incoming(&talk.peer, "keep", 3), true)]).await;
        receive(&talk, &[lasting(DAY, incoming(&talk.peer, "due", 2))]).await;
        assert_eq!(due().await, 0);
        receive(&talk, &[keep(phones_own(&talk.peer, "undo", 5), false)]).await;
        assert_eq!(due().await, 1);
        receive(&talk, &[keep(incoming(&talk.peer, "late", 4), true)]).await;
        assert_eq!(due().await, 1, "an older decision");
        receive(&talk, &[keep(incoming(&talk.peer, "again", 6), true)]).await;
        assert_eq!(remove_due(&store).await, 0);
        assert_eq!(texts(&talk.desk.owner, talk.chat).await, ["q", "due"]);
        receive(&talk, &[keep(incoming(&talk.peer, "last", 7), false)]).await;
        assert_eq!(remove_due(&store).await, 1);
    })
    .await;
}

#[tokio::test]
async fn an_own_message_that_is_kept_before_its_acknowledgement_stays() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        receive(&talk, &[setting(&talk, "on", DAY, 1)]).await;
        talk.queue("ours").await;
        assert_eq!(talk.next().await, ["send ours"]);
        let what = MessageUpdate::Kept(true);
        let keep = Some(UpdateOf { target: wa("ours").to_string(), what });
        receive(&talk, &[Inbound { amends: keep, ..incoming(&talk.peer, "keep", 2) }]).await;
        talk.confirm("ours").await;
        let expiring = "SELECT id FROM message WHERE expires_at IS NOT NULL";
        assert_eq!(count(&raw, expiring).await, 0);
        assert_eq!(count(&raw, &expiring.replace("expires_at", "kept_expires_at")).await, 1);
    })
    .await;
}
