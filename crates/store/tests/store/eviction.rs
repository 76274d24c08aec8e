//! Eviction: the choice of received files that make room for others.

use model::{MediaState, MessageId};
use store::{EvictedMedia, Inbound, InboundMedia, MediaQuotas, MediaSource, Peer, Store};

use crate::support::{Desk, file_of_nine_bytes, number, on_both, picture};

const ANA: &str = "5561998124471";
const BIA: &str = "5561998124472";

fn per_sender(bytes: u64) -> MediaQuotas {
    MediaQuotas { per_sender: Some(bytes), ..MediaQuotas::default() }
}

fn per_number(bytes: u64) -> MediaQuotas {
    MediaQuotas { per_number: Some(bytes), ..MediaQuotas::default() }
}

/// Receives a picture of so many bytes, and returns the files that are evicted for it.
async fn comes(
    store: &Store,
    desk: &Desk,
    inbound: Inbound,
    bytes: u64,
    quotas: MediaQuotas,
) -> (MessageId, Vec<MessageId>) {
    let queue = store.media(desk.number);
    store.ingest(desk.number).messages(&[inbound]).await.unwrap();
    let message = queue.due(1).await.unwrap()[0].message;
    let gone = queue.stored_within(message, bytes, quotas).await.unwrap().unwrap();
    assert!(gone.iter().all(|one| one.connection == desk.number));
    (message, gone.into_iter().map(|one| one.message).collect())
}

async fn state(desk: &Desk, message: MessageId) -> MediaState {
    desk.owner.media(message).await.unwrap().state
}

#[tokio::test]
async fn beyond_the_quota_of_a_person_their_oldest_files_go_and_nothing_that_was_sent() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (ana, bia) = (Peer::pn(ANA), Peer::pn(BIA));
        let quotas = per_sender(100);
        let ours = Inbound { from_me: true, ..picture(&ana, "ours", 0) };
        let (ours, gone) = comes(&store, &desk, ours, 1_000, quotas).await;
        assert_eq!(gone, []);
        let (other, _) = comes(&store, &desk, picture(&bia, "other", 1), 100, quotas).await;
        // This one was sent later and arrived earlier: the time of sending counts.
        let (second, _) = comes(&store, &desk, picture(&ana, "b", 20), 40, quotas).await;
        let (first, gone) = comes(&store, &desk, picture(&ana, "a", 10), 60, quotas).await;
        assert_eq!(gone, [], "exactly the quota");
        let (third, gone) = comes(&store, &desk, picture(&ana, "c", 30), 1, quotas).await;
        assert_eq!(gone, [first], "one byte beyond");
        let (fourth, gone) = comes(&store, &desk, picture(&ana, "d", 40), 100, quotas).await;
        assert_eq!(gone, [second, third]);
        assert_eq!(state(&desk, first).await, MediaState::Evicted);
        for kept in [ours, other, fourth] {
            assert_eq!(state(&desk, kept).await, MediaState::Stored);
        }
    })
    .await;
}

#[tokio::test]
async fn beyond_the_quota_of_a_number_whoever_has_the_most_makes_room() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (ana, bia) = (Peer::pn(ANA), Peer::pn(BIA));
        let quotas = per_number(100);
        let (quiet, _) = comes(&store, &desk, picture(&ana, "quiet", 0), 20, quotas).await;
        let mut flood = Vec::new();
        let mut gone = Vec::new();
        for nth in 0..6 {
            let sent = picture(&bia, &format!("flood{nth}"), nth + 1);
            let (message, went) = comes(&store, &desk, sent, 30, quotas).await;
            flood.push(message);
            gone.extend(went);
        }
        assert_eq!(gone, flood[..4]);
        assert_eq!(state(&desk, quiet).await, MediaState::Stored);
        // Another number has a quota of its own.
        let other = desk.owner.add_connection(number("Outro")).await.unwrap();
        store.ingest(other).messages(&[picture(&bia, "x", 0)]).await.unwrap();
        let queue = store.media(other);
        let message = queue.due(1).await.unwrap()[0].message;
        assert_eq!(queue.stored_within(message, 100, quotas).await.unwrap(), Some(Vec::new()));
    })
    .await;
}

#[tokio::test]
async fn for_the_disk_files_of_any_number_go_if_they_are_enough() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let none = MediaQuotas::default();
        let (small, _) = comes(&store, &desk, picture(&Peer::pn(ANA), "small", 0), 10, none).await;
        let other = desk.owner.add_connection(number("Outro")).await.unwrap();
        store.ingest(other).messages(&[picture(&Peer::pn(BIA), "x", 5)]).await.unwrap();
        let queue = store.media(other);
        let large = queue.due(1).await.unwrap()[0].message;
        queue.stored_within(large, 50, none).await.unwrap();

        assert_eq!(store.evict_media(0).await.unwrap(), []);
        assert_eq!(store.evict_media(61).await.unwrap(), [], "all of them are not enough");
        let gone = store.evict_media(11).await.unwrap();
        assert_eq!(gone, [EvictedMedia { connection: other, message: large, view_once: false }]);
        assert_eq!(store.evicting_media().await.unwrap(), gone);
        assert_eq!(state(&desk, small).await, MediaState::Stored);
        let last = store.evict_media(10).await.unwrap();
        assert_eq!(
            last,
            [EvictedMedia { connection: desk.number, message: small, view_once: false }]
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_many_files_goes_in_rounds() {
    const FILES: usize = 201;
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let queue = store.media(desk.number);
        let ana = Peer::pn(ANA);
        let flood: Vec<Inbound> =
            (0..FILES).map(|nth| picture(&ana, &format!("{nth:03}"), nth as i64)).collect();
        store.ingest(desk.number).messages(&flood).await.unwrap();
        let due = queue.due(FILES as u64).await.unwrap();
        assert_eq!(due.len(), FILES);
        for file in &due {
            queue.stored_within(file.message, 1, MediaQuotas::default()).await.unwrap();
        }
        let last = due[FILES - 1].message;
        let first = queue.evict_beyond(per_number(0), last).await.unwrap();
        assert_eq!(first.len(), 200);
        store.media_evicted(&first).await.unwrap();
        assert_eq!(store.evicting_media().await.unwrap(), []);
        assert_eq!(queue.evict_beyond(per_number(0), last).await.unwrap(), [], "it just came");
        let rest = store.evict_media(1).await.unwrap();
        assert_eq!(
            rest,
            [EvictedMedia { connection: desk.number, message: last, view_once: false }]
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_not_there_any_more_is_not_stored() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let queue = store.media(desk.number);
        let gone = queue.stored_within(MessageId(99), 9, per_sender(1)).await.unwrap();
        assert_eq!(gone, None);
    })
    .await;
}

#[tokio::test]
async fn what_was_removed_is_not_lost_and_comes_again_if_somebody_asks() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let queue = store.media(desk.number);
        let sent = picture(&Peer::pn(ANA), "a", 0);
        let (file, _) = comes(&store, &desk, sent, 9, MediaQuotas::default()).await;
        let gone = store.evict_media(9).await.unwrap();
        assert_eq!(state(&desk, file).await, MediaState::Evicted);
        // A page with the old address asks for it and finds no file; nothing is fetched.
        queue.lost(file).await.unwrap();
        assert_eq!(queue.due(1).await.unwrap(), []);
        let grant = desk.owner.grant_write(desk.number).await.unwrap();
        let asked = store.retry(&grant, file).await.unwrap();
        assert_eq!(asked.media.unwrap().state, MediaState::Evicted, "not before it is gone");
        store.media_evicted(&gone).await.unwrap();
        assert_eq!(store.evicting_media().await.unwrap(), []);
        assert_eq!(state(&desk, file).await, MediaState::Evicted);
        queue.lost(file).await.unwrap();
        assert_eq!(queue.due(1).await.unwrap(), []);
        store.retry(&grant, file).await.unwrap();
        assert_eq!(queue.due(1).await.unwrap().len(), 1);
        // It takes no bytes until it is stored again, and a late report of its removal changes
        // nothing.
        store.media_evicted(&gone).await.unwrap();
        assert_eq!(store.evict_media(1).await.unwrap(), []);
        assert_eq!(queue.due(1).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_file_whose_path_is_none_of_whatsapps_is_refused_for_good() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let file = file_of_nine_bytes();
        let source = MediaSource { direct_path: String::new(), ..file.source };
        let media = Some(InboundMedia { source, ..file });
        let refused = Inbound { media, ..picture(&Peer::pn(ANA), "a", 0) };
        store.ingest(desk.number).messages(&[refused]).await.unwrap();
        let queue = store.media(desk.number);
        assert_eq!((queue.due(1).await.unwrap(), queue.next_at().await.unwrap()), (vec![], None));
        let shown = desk.owner.messages(model::ChatId(1), None, 1).await.unwrap().remove(0);
        assert_eq!(shown.media.unwrap().state, MediaState::Refused);
        let grant = desk.owner.grant_write(desk.number).await.unwrap();
        let asked = store.retry(&grant, shown.id).await.unwrap();
        assert_eq!(asked.media.unwrap().state, MediaState::Refused);
        assert_eq!(queue.due(1).await.unwrap(), []);
    })
    .await;
}
