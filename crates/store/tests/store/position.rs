//! The order of messages in a chat.

use proptest::{prelude::*, test_runner::TestRunner};
use store::{ChatsPage, Inbound, Peer};

use crate::support::{Desk, incoming, on_both, on_sqlite, phones_own, receive, texts, wa};

#[tokio::test]
async fn a_quick_answer_stands_below_the_question() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::pn("1");
        let chat = receive(&store, &desk.owner, desk.number, incoming(&peer, "hi", 0)).await;
        let (grant, _) = desk.owner.write_chat(chat.id).await.unwrap();
        let question = store.enqueue_text(&grant, chat.id, wa("how"), "how?", None).await.unwrap();
        // In whole seconds the time of the answer is before that of the question, which has
        // microseconds.
        let second = chrono::DateTime::from_timestamp(question.sent_at.timestamp(), 0).unwrap();
        let answer = Inbound { timestamp: second, ..incoming(&peer, "fine", 0) };
        store.ingest(desk.number).messages(&[answer]).await.unwrap();
        assert_eq!(texts(&desk.owner, chat.id).await, ["hi", "how?", "fine"]);
    })
    .await;
}

#[tokio::test]
async fn what_is_written_now_stands_at_the_end_even_if_a_clock_is_wrong() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::pn("1");
        let tomorrow = chrono::Utc::now() + chrono::Duration::days(1);
        let early = Inbound { timestamp: tomorrow, ..incoming(&peer, "early", 0) };
        let chat = receive(&store, &desk.owner, desk.number, early).await;
        let (grant, _) = desk.owner.write_chat(chat.id).await.unwrap();
        store.enqueue_text(&grant, chat.id, wa("now"), "now", None).await.unwrap();
        assert_eq!(texts(&desk.owner, chat.id).await, ["early", "now"]);
    })
    .await;
}

#[tokio::test]
async fn microseconds_decide_among_what_whatsapp_tells_and_not_against_an_answer() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let peer = Peer::pn("1");
        let chat = receive(&store, &desk.owner, desk.number, incoming(&peer, "hi", 0)).await;
        let at = |name: &str, moment: chrono::DateTime<chrono::Utc>, micros: u32| {
            let second =
                chrono::DateTime::from_timestamp(moment.timestamp(), micros * 1000).unwrap();
            Inbound { timestamp: second, ..incoming(&peer, name, 0) }
        };
        // The first could not be decrypted at first.
        let past = crate::support::at(100);
        let batch =
            [at("two", past, 700_000), at("three", past, 700_001), at("one", past, 300_000)];
        store.ingest(desk.number).messages(&batch).await.unwrap();
        assert_eq!(texts(&desk.owner, chat.id).await, ["hi", "one", "two", "three"]);

        let (grant, _) = desk.owner.write_chat(chat.id).await.unwrap();
        let asked = store.enqueue_text(&grant, chat.id, wa("how"), "how?", None).await.unwrap();
        store.ingest(desk.number).messages(&[at("fine", asked.sent_at, 1)]).await.unwrap();
        assert_eq!(texts(&desk.owner, chat.id).await[4..], ["how?", "fine"]);
    })
    .await;
}

/// Messages arrive in any order, in batches of any size: seconds decide, and within a second the
/// order of arrival.
#[test]
fn seconds_decide_and_then_arrival() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let arrivals = prop::collection::vec((0..6_i64, any::<bool>()), 1..25);
    let config = ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() };
    TestRunner::new(config)
        .run(&(arrivals, 1..8_usize), |(arrivals, batch)| {
            runtime.block_on(on_sqlite(move |store| {
                let arrivals = arrivals.clone();
                async move {
                    let owner = crate::support::user(&store, "ana", model::Role::Atendente).await;
                    let number = owner.own_connection().await.unwrap();
                    let peer = Peer::pn("1");
                    let arriving = arrivals.iter().enumerate().map(|(n, (second, own))| {
                        let message = if *own { phones_own } else { incoming };
                        message(&peer, &format!("n{n:02}"), *second)
                    });
                    let arriving: Vec<_> = arriving.collect();
                    for batch in arriving.chunks(batch) {
                        store.ingest(number).messages(batch).await.unwrap();
                    }
                    let mut expected = arriving;
                    expected.sort_by_key(|message| message.timestamp);
                    let expected: Vec<_> = expected.into_iter().map(|m| m.text).collect();
                    let page = ChatsPage { connection: None, before: None, limit: 1 };
                    let chat = owner.chats(page).await.unwrap()[0].id;
                    assert_eq!(texts(&owner, chat).await, expected);
                }
            }));
            Ok(())
        })
        .unwrap();
}

/// Messages that WhatsApp dates to the microsecond keep their order, in whatever order they arrive
/// and whatever is written here meanwhile. Messages that are written here keep theirs too.
#[test]
fn microseconds_decide_whatever_is_written_here_meanwhile() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Times are around now, where answers are written; `None` is an answer.
    let arrivals = prop::collection::vec(prop::option::weighted(0.8, -700_000..700_000_i64), 1..25);
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() };
    TestRunner::new(config)
        .run(&arrivals, |arrivals| {
            runtime.block_on(on_sqlite(move |store| {
                let arrivals = arrivals.clone();
                async move {
                    let desk = Desk::open(&store).await;
                    let peer = Peer::pn("1");
                    let chat = receive(&store, &desk.owner, desk.number, incoming(&peer, "hi", 0));
                    let chat = chat.await.id;
                    let (grant, _) = desk.owner.write_chat(chat).await.unwrap();
                    let now = chrono::Utc::now();
                    let (mut told, mut written) = (Vec::new(), Vec::new());
                    for (n, arrival) in arrivals.into_iter().enumerate() {
                        let name = format!("n{n:02}");
                        let Some(micros) = arrival else {
                            store.enqueue_text(&grant, chat, wa(&name), &name, None).await.unwrap();
                            written.push(name);
                            continue;
                        };
                        let timestamp = now + chrono::TimeDelta::microseconds(micros);
                        let message = Inbound { timestamp, ..incoming(&peer, &name, 0) };
                        store.ingest(desk.number).messages(&[message]).await.unwrap();
                        told.push((micros, name));
                    }
                    told.sort();
                    let shown = texts(&desk.owner, chat).await;
                    let only = |names: &[String]| -> Vec<String> {
                        shown.iter().filter(|text| names.contains(text)).cloned().collect()
                    };
                    let told: Vec<_> = told.into_iter().map(|(_, name)| name).collect();
                    assert_eq!(only(&told), told);
                    assert_eq!(only(&written), written);
                }
            }));
            Ok(())
        })
        .unwrap();
}
