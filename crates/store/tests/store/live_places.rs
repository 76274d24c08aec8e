//! Places that are shared for a time: one card, which moves.

use model::content::{Coordinates, Place, Report};
use model::{ChatId, LiveEvent, Message, MessageContent, MessageKind};
use store::{Inbound, Peer};

use crate::support::{Desk, incoming, on_both};

fn place(latitude: f64, report: Report) -> Place {
    let at = Coordinates::of_degrees(latitude, 2.0);
    Place { at, name: String::new(), address: String::new(), report: Some(report) }
}

fn position(name: &str, seconds: i64, latitude: f64, sequence: i64) -> Inbound {
    let report = Report { sequence, ..Report::default() };
    said(name, seconds, MessageContent::LiveLocation(place(latitude, report)))
}

fn end(name: &str, seconds: i64, latitude: f64) -> Inbound {
    let report = Report { ended: true, ..Report::default() };
    said(name, seconds, MessageContent::Location(place(latitude, report)))
}

fn said(name: &str, seconds: i64, content: MessageContent) -> Inbound {
    fixtures::with_content(incoming(&Peer::pn("5561998124471"), name, seconds), content)
}

/// Returns kind and point of each message, from top to bottom.
fn shown(messages: &[Message]) -> Vec<(MessageKind, String)> {
    let point = |message: &Message| {
        let written = fixtures::written(&message.rich);
        written.split(',').next().unwrap_or_default().trim_start_matches('[').to_owned()
    };
    messages.iter().map(|message| (message.kind, point(message))).collect()
}

#[tokio::test]
async fn later_positions_move_the_card_and_the_end_stays() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let page = async || desk.owner.messages(ChatId(1), None, 10).await.unwrap();
        let first = position("a", 0, 1.0, 1);
        ingest.messages(std::slice::from_ref(&first)).await.unwrap();
        let mut events = store.hub().subscribe();
        let moved = ingest.messages(&[position("c", 20, 3.0, 3)]).await.unwrap();
        assert_eq!((moved.stored, moved.updated), (0, 1));
        let event = events.recv().await.unwrap();
        let LiveEvent::Message { message, .. } = &*event.event else { panic!("{event:?}") };
        let live = |point: &str| vec![(MessageKind::LiveLocation, point.to_owned())];
        assert_eq!(shown(std::slice::from_ref(message)), live("3.000000"), "open pages move it");

        // One that comes late, and copies.
        let late = [position("b", 10, 2.0, 2), position("c", 20, 3.0, 3), first];
        let late = ingest.messages(&late).await.unwrap();
        assert_eq!((late.stored, late.updated, late.duplicates), (0, 0, 3));
        assert_eq!(shown(&page().await), live("3.000000"));

        ingest.messages(&[end("d", 30, 4.0), position("e", 29, 9.0, 9)]).await.unwrap();
        let ended = (MessageKind::Location, "4.000000".to_owned());
        assert_eq!(shown(&page().await), std::slice::from_ref(&ended));

        // Another place, and one of which only the end has come.
        ingest.messages(&[position("f", 40, 5.0, 1)]).await.unwrap();
        let again = (MessageKind::LiveLocation, "5.000000".to_owned());
        assert_eq!(shown(&page().await), [ended, again]);
    })
    .await;
}

#[tokio::test]
async fn positions_of_other_people_and_other_days_are_cards_of_their_own() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let from_phone = Inbound { from_me: true, ..position("b", 1, 2.0, 2) };
        let nine_hours = 9 * 60 * 60;
        let batch = [position("a", 0, 1.0, 1), from_phone, position("c", nine_hours, 3.0, 3)];
        let stored = ingest.messages(&batch).await.unwrap();
        assert_eq!(stored.stored, 3);
        let page = desk.owner.messages(ChatId(1), None, 10).await.unwrap();
        let points: Vec<_> = shown(&page).into_iter().map(|(_, point)| point).collect();
        assert_eq!(points, ["1.000000", "2.000000", "3.000000"]);
    })
    .await;
}

#[tokio::test]
async fn two_places_of_one_second_are_two_cards() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        // A phone that numbers them by the clock, in microseconds.
        let batch = [position("a", 0, 1.0, 1_000_000), position("b", 0, 2.0, 1_400_000)];
        let stored = ingest.messages(&batch).await.unwrap();
        assert_eq!((stored.stored, stored.duplicates), (2, 0));
        let page = desk.owner.messages(ChatId(1), None, 10).await.unwrap();
        let points: Vec<_> = shown(&page).into_iter().map(|(_, point)| point).collect();
        assert_eq!(points, ["1.000000", "2.000000"]);
    })
    .await;
}
