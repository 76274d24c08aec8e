//! The row of a message has its effective content, and the history of edits is kept beside it.

use model::{ChatId, MessageKind, bounds};
use proptest::{prelude::*, test_runner::TestRunner};
use sea_orm::DatabaseConnection;
use store::{Inbound, MessageUpdate, Peer, Store, UpdateOf};

use crate::support::{
    Desk, at, column, incoming, on_both_raw, on_sqlite_raw, phones_own, picture, placeholder,
    sent_text, wa,
};

const TARGET: &str = "said";

/// Makes a message an update of the target.
fn update(message: Inbound, what: MessageUpdate) -> Inbound {
    Inbound { amends: Some(UpdateOf { target: wa(TARGET).into(), what }), ..message }
}

fn edit(message: Inbound, text: &str) -> Inbound {
    update(message, MessageUpdate::Edited(text.to_owned()))
}

/// Returns kind, text, time of the edit and person of the deletion, as the target's row has them.
async fn row(raw: &DatabaseConnection) -> String {
    let sql = "SELECT kind || '|' || text || '|' || COALESCE(CAST(edited_at AS TEXT), '') || '|' \
               || COALESCE(revoked_by, '') FROM message WHERE wa_id = '3EB00000-said'";
    column(raw, sql).await.join("; ")
}

/// Returns the first text and the edits, oldest first.
async fn history(raw: &DatabaseConnection) -> Vec<String> {
    let sql = "SELECT kind || ':' || value FROM amendment WHERE kind IN ('said', 'edited') \
               ORDER BY at, id";
    column(raw, sql).await
}

fn micros(seconds: i64) -> i64 {
    at(seconds).timestamp_micros()
}

#[tokio::test]
async fn the_row_has_the_last_text_and_the_history_has_all() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        ingest.messages(&[incoming(&peer, TARGET, 0)]).await.unwrap();
        assert_eq!(row(&raw).await, "text|said||");
        assert_eq!(history(&raw).await, [""; 0]);
        let edits = [(30, "terceira"), (20, "segunda"), (20, "segunda"), (40, "quarta")];
        for (seconds, text) in edits {
            let message = incoming(&peer, &format!("edit{seconds}"), seconds);
            ingest.messages(&[edit(message, text)]).await.unwrap();
        }
        assert_eq!(row(&raw).await, format!("text|quarta|{}|", micros(40)));
        let all = ["said:said", "edited:segunda", "edited:terceira", "edited:quarta"];
        assert_eq!(history(&raw).await, all);

        let revoke = update(incoming(&peer, "x", 50), MessageUpdate::Revoked);
        ingest.messages(&[revoke]).await.unwrap();
        assert_eq!(row(&raw).await, "revoked|||author");
        assert_eq!(history(&raw).await, all, "a deletion keeps everything");
        assert!(desk.owner.message_text(model::MessageId(1)).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn the_oldest_of_too_many_edits_go_and_the_first_text_stays() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        let edits = (1..=bounds::EDITS as i64 + 5)
            .map(|n| edit(incoming(&peer, &format!("edit{n}"), n), &format!("n{n}")));
        let batch: Vec<_> = std::iter::once(incoming(&peer, TARGET, 0)).chain(edits).collect();
        ingest.messages(&batch).await.unwrap();
        let kept = history(&raw).await;
        assert_eq!(kept.len(), bounds::EDITS + 1);
        assert_eq!((&*kept[0], &*kept[1]), ("said:said", "edited:n6"));
        assert_eq!(kept.last().unwrap(), &format!("edited:n{}", bounds::EDITS + 5));
    })
    .await;
}

#[tokio::test]
async fn a_file_of_a_deleted_message_is_fetched_as_what_it_is() {
    on_both_raw(|store, _| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        let revoke = update(incoming(&peer, "x", 5), MessageUpdate::Revoked);
        ingest.messages(&[picture(&peer, TARGET, 0), revoke]).await.unwrap();
        let due = store.media(desk.number).due(10).await.unwrap();
        assert_eq!(due[0].kind, MessageKind::Image);
    })
    .await;
}

#[tokio::test]
async fn what_is_sent_again_is_the_first_text() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        ingest.messages(&[incoming(&peer, "antes", 0)]).await.unwrap();
        let (grant, _) = desk.owner.write_chat(ChatId(1)).await.unwrap();
        store.enqueue_text(&grant, ChatId(1), wa(TARGET), "primeira", None).await.unwrap();
        ingest.messages(&[edit(phones_own(&peer, "x", 9), "segunda")]).await.unwrap();
        assert_eq!(row(&raw).await, format!("text|segunda|{}|", micros(9)));
        let waiting = store.outbox(desk.number).next(10, &[]).await.unwrap();
        assert_eq!(sent_text(&waiting[0]), "primeira");
    })
    .await;
}

#[tokio::test]
async fn a_placeholder_that_is_deleted_keeps_its_content_when_it_comes() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        ingest.messages(&[placeholder(&peer, TARGET, chrono::Utc::now())]).await.unwrap();
        assert_eq!(desk.owner.connection(desk.number).await.unwrap().pending, 1);
        let revoke = update(incoming(&peer, "x", 5), MessageUpdate::Revoked);
        ingest.messages(&[revoke]).await.unwrap();
        assert_eq!(desk.owner.connection(desk.number).await.unwrap().pending, 0);
        let counts = ingest.messages(&[incoming(&peer, TARGET, 0)]).await.unwrap();
        assert_eq!(counts.stored, 1);
        let again = ingest.messages(&[incoming(&peer, TARGET, 0)]).await.unwrap();
        assert_eq!(again.duplicates, 1);
        assert_eq!(row(&raw).await, "revoked|||author");
        assert_eq!(history(&raw).await, ["said:said"]);
    })
    .await;
}

#[tokio::test]
async fn an_edit_counts_once_its_sender_turns_out_to_be_the_author() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let (lid, pn) = ("77@lid", "5561998124471@s.whatsapp.net");
        let in_group = |sender: Peer, message: Inbound| Inbound {
            group: Some("120363@g.us".into()),
            sender: Some(sender),
            ..message
        };
        let nobody = Peer::default();
        let said = in_group(Peer::pn(pn), incoming(&nobody, TARGET, 0));
        let edited = in_group(Peer::lid(lid), edit(incoming(&nobody, "x", 5), "corrigida"));
        ingest.messages(&[said, edited]).await.unwrap();
        assert_eq!(row(&raw).await, "text|said||");
        ingest.link_identity(lid, pn).await.unwrap();
        assert_eq!(row(&raw).await, format!("text|corrigida|{}|", micros(5)));
    })
    .await;
}

#[tokio::test]
async fn of_two_chats_that_become_one_the_newest_edit_counts() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let (lid, pn) = (Peer::lid("77@lid"), Peer::pn("5561998124471@s.whatsapp.net"));
        for (peer, seconds, text) in [(&pn, 20, "segunda"), (&lid, 30, "terceira")] {
            let edit = edit(incoming(peer, &format!("edit{seconds}"), seconds), text);
            ingest.messages(&[incoming(peer, TARGET, 0), edit]).await.unwrap();
        }
        ingest.link_identity("77@lid", "5561998124471@s.whatsapp.net").await.unwrap();
        assert_eq!(row(&raw).await, format!("text|terceira|{}|", micros(30)));
        assert_eq!(history(&raw).await, ["said:said", "edited:segunda", "edited:terceira"]);
    })
    .await;
}

/// A message comes to two chats, to one of them as a placeholder that is edited. Then both are one.
async fn merge_with_placeholder(store: Store, raw: DatabaseConnection, by_number: bool) {
    let desk = Desk::open(&store).await;
    let ingest = store.ingest(desk.number);
    let (lid, pn) = (Peer::lid("77@lid"), Peer::pn("5561998124471@s.whatsapp.net"));
    let (content, waiting) = if by_number { (pn, lid) } else { (lid, pn) };
    let edit = edit(incoming(&waiting, "edit30", 30), "terceira");
    let batch = [incoming(&content, TARGET, 0), placeholder(&waiting, TARGET, at(0)), edit];
    ingest.messages(&batch).await.unwrap();
    ingest.link_identity("77@lid", "5561998124471@s.whatsapp.net").await.unwrap();
    assert_eq!(row(&raw).await, format!("text|terceira|{}|", micros(30)));
    assert_eq!(history(&raw).await, ["said:said", "edited:terceira"]);
}

#[tokio::test]
async fn of_a_message_and_its_placeholder_in_two_chats_the_content_is_kept() {
    on_both_raw(|store, raw| merge_with_placeholder(store, raw, true)).await;
    on_both_raw(|store, raw| merge_with_placeholder(store, raw, false)).await;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Said,
    Placeholder,
    Edit(i64),
    /// An edit by the number itself, which is not the author.
    OwnEdit(i64),
    OwnRevoke,
    Revoke,
    RevokeByAdmin,
}

impl Event {
    const UPDATES: [Self; 8] = [
        Self::Placeholder,
        Self::Edit(10),
        Self::Edit(20),
        Self::Edit(30),
        Self::OwnEdit(40),
        Self::OwnRevoke,
        Self::Revoke,
        Self::RevokeByAdmin,
    ];

    fn inbound(self) -> Inbound {
        let peer = Peer::pn("5561998124471");
        match self {
            Self::Said => incoming(&peer, TARGET, 5),
            Self::Placeholder => placeholder(&peer, TARGET, at(5)),
            Self::Edit(n) => edit(incoming(&peer, &format!("e{n}"), n), &format!("n{n}")),
            Self::OwnEdit(n) => edit(phones_own(&peer, &format!("e{n}"), n), &format!("n{n}")),
            Self::OwnRevoke => update(phones_own(&peer, "own", 50), MessageUpdate::Revoked),
            Self::Revoke => update(incoming(&peer, "theirs", 15), MessageUpdate::Revoked),
            Self::RevokeByAdmin => {
                update(phones_own(&peer, "admin", 16), MessageUpdate::RevokedByAdmin)
            }
        }
    }
}

/// Returns the row and the history that these events lead to.
fn expected(events: &[Event]) -> (String, Vec<String>) {
    let edits = |all: bool| {
        let mut edits: Vec<i64> = events
            .iter()
            .filter_map(|event| match event {
                Event::Edit(n) => Some(*n),
                Event::OwnEdit(n) if all => Some(*n),
                _ => None,
            })
            .collect();
        edits.sort_unstable();
        edits
    };
    let row = match (events.contains(&Event::Revoke), events.contains(&Event::RevokeByAdmin)) {
        (true, _) => "revoked|||author".to_owned(),
        (_, true) => "revoked|||admin".to_owned(),
        _ => match edits(false).last() {
            Some(n) => format!("text|n{n}|{}|", micros(*n)),
            None => "text|said||".to_owned(),
        },
    };
    let said = (row != "text|said||").then(|| "said:said".to_owned());
    (row, said.into_iter().chain(edits(true).iter().map(|n| format!("edited:n{n}"))).collect())
}

/// A message and its updates arrive in any order, in batches of any size, and some of them twice.
#[test]
fn whatever_order_they_come_in_the_result_is_the_same() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let events = prop::sample::subsequence(Event::UPDATES.to_vec(), 0..=Event::UPDATES.len())
        .prop_map(|mut events| {
            events.push(Event::Said);
            events
        })
        .prop_shuffle();
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() };
    TestRunner::new(config)
        .run(&(events, 0..9_usize, 1..4_usize), |(events, repeated, batch)| {
            runtime.block_on(on_sqlite_raw(&move |store, raw| {
                let mut arriving = events.clone();
                arriving.extend_from_slice(&events[..repeated.min(events.len())]);
                let expected = expected(&events);
                async move {
                    let desk = Desk::open(&store).await;
                    let ingest = store.ingest(desk.number);
                    // An update in an unknown chat is ignored.
                    let before = incoming(&Peer::pn("5561998124471"), "antes", 0);
                    ingest.messages(&[before]).await.unwrap();
                    let arriving: Vec<_> = arriving.into_iter().map(Event::inbound).collect();
                    for batch in arriving.chunks(batch) {
                        ingest.messages(batch).await.unwrap();
                    }
                    assert_eq!((row(&raw).await, history(&raw).await), expected);
                    let shown = desk.owner.messages(ChatId(1), None, 10).await.unwrap();
                    assert_eq!(shown.len(), 2);
                }
            }));
            Ok(())
        })
        .unwrap();
}
