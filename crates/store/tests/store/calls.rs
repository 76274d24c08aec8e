//! Calls: while they ring, how they end, and numbers that reject them by themselves.

use std::time::Duration;

use fixtures::with_content;
use model::content::{Call, CallOutcome};
use model::{CallPolicy, ConnectionId, Message, MessageContent, Notice, Style};
use sea_orm::ConnectionTrait as _;
use store::{CallAnswer, ChatsPage, Error, Peer};

use crate::support::{Talk, incoming, on_both, on_both_raw, receive, wa};

impl Talk {
    /// A call with this id rings, so many seconds after the question. Returns its message.
    async fn ring(&self, name: &str, seconds: i64) -> Message {
        let call = Call { video: Some(true), outcome: CallOutcome::Ringing };
        let call = with_content(incoming(&self.peer, name, seconds), MessageContent::Call(call));
        let ingested = self.store.ingest(self.desk.number).messages(&[call]).await.unwrap();
        assert_eq!((ingested.stored, ingested.duplicates), (1, 0));
        self.last().await
    }

    async fn last(&self) -> Message {
        self.desk.owner.messages(self.chat, None, 100).await.unwrap().pop().unwrap()
    }

    async fn unread(&self) -> u32 {
        self.desk.owner.chat(self.chat).await.unwrap().unread
    }
}

fn notice(outcome: CallOutcome) -> Option<Notice> {
    Some(Notice::Call(Call { video: Some(true), outcome }))
}

#[tokio::test]
async fn a_call_rings_until_it_ends_and_is_read_if_somebody_took_care_of_it() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let ingest = store.ingest(talk.desk.number);
        for (name, seconds, outcome, unread) in [
            ("a", 1, CallOutcome::Answered, 1),
            ("b", 2, CallOutcome::Rejected, 1),
            ("c", 3, CallOutcome::Missed, 2),
        ] {
            let id = wa(name).to_string();
            let call = talk.ring(name, seconds).await;
            assert_eq!(call.notice, notice(CallOutcome::Ringing));
            assert_eq!(call.rich[0].style, Style::Ringing);
            assert_eq!(talk.unread().await, 2);
            let rings = store.ringing_call(&talk.grant, call.id).await.unwrap();
            assert_eq!(rings.as_deref(), Some(&*id));
            let elsewhere = store.ingest(ConnectionId(talk.desk.number.0 + 1));
            assert!(!elsewhere.call_ended(&id, outcome).await.unwrap(), "of another number");

            assert!(ingest.call_ended(&id, outcome).await.unwrap());
            let ended = talk.last().await;
            assert_eq!((ended.id, ended.notice), (call.id, notice(outcome)));
            assert!(ended.rich.is_empty());
            assert_eq!(talk.unread().await, unread, "{outcome:?}");
            assert_eq!(store.ringing_call(&talk.grant, call.id).await.unwrap(), None);
            assert!(!ingest.call_ended(&id, CallOutcome::Missed).await.unwrap(), "it has ended");
            assert_eq!(talk.last().await.notice, notice(outcome));
        }
    })
    .await;
}

#[tokio::test]
async fn a_call_of_which_nothing_is_heard_any_more_ends_as_missed() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        talk.ring("a", 1).await;
        assert_eq!(store.end_ringing_calls(Duration::from_secs(60)).await.unwrap(), 0);
        assert_eq!(talk.last().await.notice, notice(CallOutcome::Ringing));
        let mut events = store.hub().subscribe();
        assert_eq!(store.end_ringing_calls(Duration::ZERO).await.unwrap(), 1);
        assert_eq!(events.recv().await.unwrap().chat, talk.chat);
        assert_eq!(
            (talk.last().await.notice, talk.unread().await),
            (notice(CallOutcome::Missed), 2)
        );
        assert_eq!(store.end_ringing_calls(Duration::ZERO).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_call_of_another_chat_is_not_found() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let call = talk.ring("a", 1).await;
        talk.desk.owner.set_chat_private(talk.chat, true).await.unwrap();
        let admins = talk.desk.admin.grant_write(talk.desk.number).await.unwrap();
        let found = store.ringing_call(&admins, call.id).await;
        assert!(matches!(found, Err(Error::NotFound)), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn a_number_rejects_calls_with_a_text_of_the_user_who_decided_so() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let (owner, number) = (&talk.desk.owner, talk.desk.number);
        let ingest = store.ingest(number);
        assert_eq!(ingest.call_answer().await.unwrap(), None);
        let policy = |answer: &str| CallPolicy { reject: true, answer: answer.to_owned() };
        for (typed, answer) in
            [("  Escreva, por favor. ", "Escreva, por favor."), ("\u{200b} ", "")]
        {
            owner.set_call_policy(number, &policy(typed)).await.unwrap();
            assert_eq!(owner.call_policy(number).await.unwrap(), policy(answer));
            let expected = CallAnswer { user: owner.user().id, text: answer.to_owned() };
            assert_eq!(ingest.call_answer().await.unwrap(), Some(expected));
        }
        let long = owner.set_call_policy(number, &policy(&"a".repeat(1001))).await;
        assert!(matches!(long, Err(Error::TextTooLong)), "{long:?}");
        // Another user decides, and answers from now on.
        talk.desk.admin.set_call_policy(number, &policy("")).await.unwrap();
        let answer = ingest.call_answer().await.unwrap().unwrap();
        assert_eq!(answer.user, talk.desk.admin.user().id);

        owner.set_call_policy(number, &CallPolicy::default()).await.unwrap();
        assert_eq!(ingest.call_answer().await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_caller_gets_the_text_once_a_day() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let answer = async || {
            let answered = store.answer_call(&talk.grant, talk.chat, "Escreva").await.unwrap();
            answered.map(|message| message.text)
        };
        assert_eq!(answer().await.as_deref(), Some("Escreva"));
        assert_eq!(answer().await, None);
        let day = "UPDATE call_answer SET answered_at = answered_at - 86400000000";
        raw.execute_unprepared(day).await.unwrap();
        assert_eq!(answer().await.as_deref(), Some("Escreva"));
        assert_eq!(answer().await, None);
        // The clock was set back.
        let ahead = "UPDATE call_answer SET answered_at = answered_at + 3600000000";
        raw.execute_unprepared(ahead).await.unwrap();
        assert_eq!(answer().await.as_deref(), Some("Escreva"));
    })
    .await;
}

#[tokio::test]
async fn a_caller_whose_chats_become_one_gets_no_second_text() {
    for is_answered_in_both in [false, true] {
        on_both(move |store| async move {
            let talk = Talk::open(&store).await;
            let hidden = Peer::lid("99@lid");
            let (owner, number) = (&talk.desk.owner, talk.desk.number);
            let call = incoming(&hidden, "hidden", 1);
            let other = receive(&store, owner, number, call).await.id;
            let answer = async |chat| {
                store.answer_call(&talk.grant, chat, "Escreva").await.unwrap().is_some()
            };
            assert!(answer(other).await);
            assert_eq!(is_answered_in_both && answer(talk.chat).await, is_answered_in_both);
            let both = Peer { lid: hidden.lid, ..talk.peer.clone() };
            let merged = receive(&store, owner, number, incoming(&both, "both", 2)).await.id;
            let all = ChatsPage { connection: Some(number), before: None, limit: 10 };
            assert_eq!(owner.chats(all).await.unwrap().len(), 1);
            assert!(!answer(merged).await);
        })
        .await;
    }
}
