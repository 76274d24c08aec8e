//! Places.

use model::MessageContent;
use model::content::{Coordinates, Place, Report};
use whatsapp_rust::prelude::wa;
use whatsapp_rust::waproto::whatsapp::message::LocationMessage;

/// Returns a place on the map, or one that is shared for a time.
pub(super) fn place(base: &wa::Message) -> Option<MessageContent> {
    if let Some(place) = base.location_message.as_option() {
        // A name says what a place is, and a comment what its sender wants to say about it.
        let name = [&place.name, &place.comment].into_iter().flatten();
        let name = name.filter(|text| !text.trim().is_empty()).cloned().collect::<Vec<_>>();
        return Some(MessageContent::Location(Place {
            at: coordinates(place.degrees_latitude, place.degrees_longitude),
            name: name.join(" · "),
            address: place.address.clone().unwrap_or_default(),
            // The place that one which was shared for a time has left.
            report: (place.is_live == Some(true))
                .then(|| Report { ended: true, ..Report::default() }),
        }));
    }
    let place = base.live_location_message.as_option()?;
    Some(MessageContent::LiveLocation(Place {
        at: coordinates(place.degrees_latitude, place.degrees_longitude),
        name: place.caption.clone().unwrap_or_default(),
        address: String::new(),
        report: Some(Report {
            sequence: place.sequence_number.unwrap_or_default(),
            elapsed: place.time_offset.unwrap_or_default(),
            ..Report::default()
        }),
    }))
}

fn coordinates(latitude: Option<f64>, longitude: Option<f64>) -> Option<Coordinates> {
    let (latitude, longitude) = latitude.zip(longitude)?;
    Coordinates::of_degrees(latitude, longitude)
}

/// Returns true if [`place`] reads all of a place. Its thumbnail is a picture of the map there.
pub(super) fn is_complete(base: &wa::Message) -> bool {
    base.location_message.as_option().is_some_and(|place| {
        let rest = LocationMessage {
            degrees_latitude: None,
            degrees_longitude: None,
            name: None,
            address: None,
            comment: None,
            jpeg_thumbnail: None,
            context_info: Default::default(),
            ..place.clone()
        };
        rest == LocationMessage::default()
    })
}

#[cfg(test)]
mod tests {
    use whatsapp_rust::prelude::MessageField;
    use whatsapp_rust::waproto::whatsapp::message::LiveLocationMessage;

    use super::*;
    use crate::content::{Content, of};

    fn gate() -> LocationMessage {
        LocationMessage {
            degrees_latitude: Some(-15.794_229),
            degrees_longitude: Some(-47.882_166),
            ..Default::default()
        }
    }

    fn read(place: LocationMessage) -> (Place, Content) {
        let message =
            wa::Message { location_message: MessageField::some(place), ..Default::default() };
        let content = of(&message).unwrap();
        let MessageContent::Location(place) = content.content.clone() else { panic!() };
        (place, content)
    }

    #[test]
    fn a_place_has_its_name_its_address_and_its_point() {
        let (place, content) = read(LocationMessage {
            name: Some("Loja Pirata".into()),
            address: Some("SQN 102".into()),
            comment: Some("pela lateral".into()),
            jpeg_thumbnail: Some(vec![255, 216]),
            ..gate()
        });
        let at = Some(Coordinates { latitude: -15_794_229, longitude: -47_882_166 });
        let name = "Loja Pirata · pela lateral".to_owned();
        assert_eq!(
            place,
            Place { at, name: name.clone(), address: "SQN 102".to_owned(), report: None }
        );
        assert_eq!((content.text, content.raw_message), (name, None));
        let (_, nameless) = read(LocationMessage { address: Some("SQN 102".into()), ..gate() });
        assert_eq!(nameless.text, "SQN 102");
        let (_, linked) =
            read(LocationMessage { url: Some("https://loja.example".into()), ..gate() });
        assert!(linked.raw_message.is_some(), "the link is not shown");
    }

    #[test]
    fn points_that_do_not_exist_are_left_out() {
        for (latitude, longitude) in [
            (Some(f64::NAN), Some(0.0)),
            (Some(f64::INFINITY), Some(f64::NEG_INFINITY)),
            (Some(1e300), Some(0.0)),
            (Some(0.0), Some(180.5)),
            (Some(0.0), None),
        ] {
            let place = LocationMessage {
                degrees_latitude: latitude,
                degrees_longitude: longitude,
                name: Some("x".repeat(10_000)),
                ..Default::default()
            };
            let (place, content) = read(place);
            assert_eq!(place.at, None, "{latitude:?} {longitude:?}");
            assert_eq!(content.text.chars().count(), model::bounds::WORDS);
            assert!(content.raw_message.is_some(), "it is longer than what is shown");
        }
    }

    #[test]
    fn a_live_place_has_its_caption() {
        let live = LiveLocationMessage {
            degrees_latitude: Some(1.0),
            degrees_longitude: Some(2.0),
            caption: Some("chegando".into()),
            sequence_number: Some(7),
            ..Default::default()
        };
        let live = MessageField::some(live);
        let live = wa::Message { live_location_message: live, ..Default::default() };
        let content = of(&live).unwrap();
        let at = Coordinates::of_degrees(1.0, 2.0);
        let report = Some(Report { sequence: 7, ..Report::default() });
        let place = Place { at, name: "chegando".to_owned(), address: String::new(), report };
        assert_eq!(content.content, MessageContent::LiveLocation(place));
        assert!(content.raw_message.is_some());
        let (last, _) = read(LocationMessage { is_live: Some(true), ..gate() });
        assert_eq!(last.report, Some(Report { ended: true, ..Report::default() }));
    }
}
