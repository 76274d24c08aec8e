//! Downtimes of a number, and its pending messages.

use chrono::{TimeDelta, Utc};
use model::{ChatId, MessageKind};
use sea_orm::ConnectionTrait as _;
use store::{Inbound, Ingested, Peer, Viewer};

use crate::support::{Desk, incoming, number, on_both, on_both_raw, placeholder};

/// Returns the recovered and the pending messages that a viewer sees.
async fn counts(viewer: &Viewer, desk: &Desk) -> (Option<u32>, u32) {
    let row = viewer.connection(desk.number).await.unwrap();
    (row.downtime.map(|downtime| downtime.recovered), row.pending)
}

fn waited(from: u8, name: &str) -> Inbound {
    Inbound { offline: true, ..incoming(&Peer::pn(from.to_string()), name, 0) }
}

#[tokio::test]
async fn what_waited_is_counted_once() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        assert_eq!(counts(&desk.owner, &desk).await, (None, 0));
        ingest.up().await.unwrap();
        ingest.messages(&[incoming(&Peer::pn("1"), "live", 0)]).await.unwrap();
        let down = Utc::now();
        ingest.down().await.unwrap();

        ingest.open_downtime().await.unwrap();
        let batch = [waited(1, "a"), waited(2, "b"), waited(1, "a")];
        let Ingested { stored, duplicates, recovered, .. } = ingest.messages(&batch).await.unwrap();
        assert_eq!((stored, duplicates, recovered.len()), (2, 1, 2));
        assert_eq!(counts(&desk.owner, &desk).await, (None, 0), "it is not over");
        assert_eq!(desk.owner.downtimes(desk.number, 10).await.unwrap(), []);
        ingest.caught_up().await.unwrap();
        assert_eq!(counts(&desk.owner, &desk).await, (Some(2), 0));
        let downtime = desk.owner.connection(desk.number).await.unwrap().downtime.unwrap();
        let is_near = (downtime.from - down).abs() < TimeDelta::seconds(5);
        assert!(is_near && downtime.to >= downtime.from, "{downtime:?}");

        ingest.caught_up().await.unwrap();
        assert_eq!(counts(&desk.owner, &desk).await, (Some(0), 0), "the newest counts");
        let all = desk.owner.downtimes(desk.number, 10).await.unwrap();
        assert_eq!(all.iter().map(|downtime| downtime.recovered).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(desk.owner.downtimes(desk.number, 1).await.unwrap().len(), 1);
        let other = desk.owner.add_connection(number("Suporte")).await.unwrap();
        assert_eq!(desk.owner.connection(other).await.unwrap().downtime, None);
    })
    .await;
}

#[tokio::test]
async fn a_placeholder_is_pending_until_it_is_filled_or_a_day_old() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("1");
        let waiting = ["a", "b"].map(|name| placeholder(&peer, name, Utc::now()));
        ingest.messages(&waiting).await.unwrap();
        assert_eq!(counts(&desk.admin, &desk).await, (None, 2));
        let mut changes = store.hub().access_changes();
        ingest.messages(&[incoming(&peer, "a", 0)]).await.unwrap();
        assert_eq!(changes.recv().await.unwrap(), desk.number.into(), "open pages are told");
        assert_eq!(counts(&desk.admin, &desk).await, (None, 1));
        let day = "UPDATE message SET sent_at = sent_at - 86400000000 WHERE kind = 'undecryptable'";
        raw.execute_unprepared(day).await.unwrap();
        assert_eq!(counts(&desk.admin, &desk).await, (None, 0));
        let kinds = desk.admin.messages(ChatId(1), None, 10).await.unwrap();
        let kinds: Vec<_> = kinds.into_iter().map(|message| message.kind).collect();
        assert_eq!(kinds, [MessageKind::Text, MessageKind::Undecryptable]);
    })
    .await;
}

#[tokio::test]
async fn nobody_but_the_owner_can_tell_from_a_count_that_there_are_private_conversations() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        ingest.up().await.unwrap();
        let before = ingest.messages(&[waited(1, "z"), waited(2, "y")]).await.unwrap();
        desk.owner.set_chat_private(before.recovered[0], true).await.unwrap();
        ingest.open_downtime().await.unwrap();
        ingest.messages(&[waited(1, "a"), waited(2, "b")]).await.unwrap();
        ingest.messages(&[placeholder(&Peer::pn("1"), "c", Utc::now())]).await.unwrap();
        ingest.messages(&[waited(1, "d"), waited(2, "e")]).await.unwrap();
        ingest.caught_up().await.unwrap();
        assert_eq!(counts(&desk.owner, &desk).await, (Some(4), 1));
        assert_eq!(counts(&desk.admin, &desk).await, (Some(2), 0));
        assert_eq!(desk.admin.downtimes(desk.number, 10).await.unwrap()[0].recovered, 2);
    })
    .await;
}

#[tokio::test]
async fn what_is_stored_a_moment_late_belongs_to_the_same_gap() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        ingest.up().await.unwrap();
        let first = ingest.messages(&[waited(1, "a"), waited(2, "b")]).await.unwrap();
        desk.owner.set_chat_private(first.recovered[0], true).await.unwrap();
        ingest.caught_up().await.unwrap();
        assert_eq!(counts(&desk.owner, &desk).await, (Some(0), 0), "there was no downtime then");
        ingest.open_downtime().await.unwrap();
        ingest.messages(&[waited(1, "c"), waited(2, "d")]).await.unwrap();
        // A crash does not lose the count, and the record stays open.
        ingest.open_downtime().await.unwrap();
        ingest.caught_up().await.unwrap();
        let mut changes = store.hub().access_changes();
        ingest.messages(&[waited(1, "e"), waited(2, "f")]).await.unwrap();
        assert_eq!(changes.recv().await.unwrap(), desk.number.into(), "open pages are told");
        assert_eq!(counts(&desk.owner, &desk).await, (Some(4), 0));
        assert_eq!(counts(&desk.admin, &desk).await, (Some(2), 0));
        let all = desk.owner.downtimes(desk.number, 10).await.unwrap();
        assert_eq!(all.iter().map(|downtime| downtime.recovered).collect::<Vec<_>>(), [4, 0]);
    })
    .await;
}
