//! Requests that are repeated: at once, as by a double click, and much later, as by a tab that was asleep.

use fixtures::{contacts, place, poll, with_content};
use model::{ChatTimerChoice, MessageContent, MessageId, WaMessageId};
use proptest::{prelude::*, test_runner::TestRunner};
use store::Error;

use crate::support::{Talk, incoming, on_sqlite_raw, react, wa};

/// Something that an agent does.
#[derive(Debug, Clone)]
enum Step {
    Send(MessageContent),
    /// A vote in the poll of the customer; none of its options takes an earlier one back.
    Vote(Vec<u32>),
    /// A reaction to this poll.
    React(&'static str),
    Timer(ChatTimerChoice),
}

impl Step {
    /// Makes the request of the step, which is the `nth`.
    async fn request(&self, talk: &Talk, asked: MessageId, nth: usize) -> Result<(), Error> {
        let (store, grant, chat) = (&talk.store, &talk.grant, talk.chat);
        let id = format!("step{nth}");
        match self {
            Self::Send(content) => {
                store.enqueue_content(grant, chat, wa(&id), content.clone(), None).await?
            }
            Self::Vote(choices) => store.enqueue_vote(grant, asked, wa(&id), choices).await?,
            Self::React(emoji) => talk.change(asked, &id, react(emoji)).await?,
            Self::Timer(choice) => store.enqueue_timer(grant, chat, wa(&id), *choice).await?,
        };
        Ok(())
    }
}

/// A step, the times that its request is repeated at once, and true if WhatsApp then confirms what is under
/// way.
fn steps() -> impl Strategy<Value = Vec<(Step, usize, bool)>> {
    let content = prop::sample::select(vec![place(), contacts(), poll()]);
    let vote = prop::sample::select(vec![vec![], vec![0], vec![1]]);
    let step = prop_oneof![
        3 => content.prop_map(Step::Send),
        3 => vote.prop_map(Step::Vote),
        1 => prop::sample::select(vec!["👍", "❤️", ""]).prop_map(Step::React),
        1 => prop::sample::select(ChatTimerChoice::ALL.to_vec()).prop_map(Step::Timer),
    ];
    prop::collection::vec((step, 0..3_usize, any::<bool>()), 1..14)
}

/// Describes everything that people and phones see.
async fn state(talk: &Talk, asked: MessageId) -> Vec<String> {
    let chat = talk.desk.owner.chat(talk.chat).await.unwrap();
    let votes = talk.desk.owner.poll(asked).await.unwrap().options;
    let votes: Vec<_> = votes.iter().map(|option| (option.votes, option.chosen)).collect();
    let mut state = vec![format!("{} {votes:?}", chat.timer)];
    for message in talk.desk.owner.messages(talk.chat, None, 100).await.unwrap() {
        let emojis: Vec<_> = message.reactions.iter().map(|one| one.emoji.as_str()).collect();
        state.push(format!(
            "{} {:?} {} {:?} {emojis:?} {:?}",
            message.wa_id.as_str(),
            message.kind,
            message.text,
            message.delivery,
            message.pending
        ));
    }
    state.extend(talk.next().await);
    state
}

/// WhatsApp confirms the operations that may go.
async fn confirm(talk: &Talk, confirmed: &mut Vec<WaMessageId>) {
    for outgoing in talk.outbox.next(100, &[]).await.unwrap() {
        talk.outbox.confirmed(&outgoing.wa_id, None).await.unwrap();
        confirmed.push(outgoing.wa_id);
    }
}

async fn check(talk: Talk, steps: Vec<(Step, usize, bool)>) {
    let asks = with_content(incoming(&talk.peer, "asks", 1), poll());
    talk.store.ingest(talk.desk.number).messages(&[asks]).await.unwrap();
    let messages = talk.desk.owner.messages(talk.chat, None, 100).await.unwrap();
    let asked = messages.iter().find(|message| message.wa_id == wa("asks")).unwrap().id;
    let mut confirmed = Vec::new();
    for (nth, (step, repeats, confirms)) in steps.iter().enumerate() {
        step.request(&talk, asked, nth).await.unwrap();
        let once = state(&talk, asked).await;
        for _ in 0..*repeats {
            step.request(&talk, asked, nth).await.unwrap();
            assert_eq!(state(&talk, asked).await, once, "{step:?}");
        }
        if *confirms {
            confirm(&talk, &mut confirmed).await;
        }
    }
    let last = state(&talk, asked).await;
    for (nth, (step, ..)) in steps.iter().enumerate() {
        step.request(&talk, asked, nth).await.unwrap();
        assert_eq!(state(&talk, asked).await, last, "{step:?}, late");
    }
    for wa_id in &confirmed {
        talk.outbox.confirmed(wa_id, None).await.unwrap();
    }
    assert_eq!(state(&talk, asked).await, last, "confirmed again");
}

#[test]
fn a_repeated_request_changes_nothing_whatever_happened_in_between() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = ProptestConfig { cases: 32, failure_persistence: None, ..Default::default() };
    TestRunner::new(config)
        .run(&steps(), |steps| {
            runtime.block_on(on_sqlite_raw(&move |store, _| {
                let steps = steps.clone();
                async move {
                    let talk = Talk::open(&store).await;
                    check(talk, steps).await;
                }
            }));
            Ok(())
        })
        .unwrap();
}
