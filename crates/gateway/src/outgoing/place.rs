//! Builds the message of a place.

use model::content::Place;
use whatsapp_rust::prelude::{MessageField, wa};
use whatsapp_rust::waproto::whatsapp::message::LocationMessage;

/// Builds the message of a place. Phones draw the map themselves if it has no picture.
pub(super) fn message(place: &Place, context: Option<wa::ContextInfo>) -> wa::Message {
    let (latitude, longitude) = place.at.map(|at| at.degrees()).unzip();
    let words = |field: &str| (!field.is_empty()).then(|| field.to_owned());
    let place = LocationMessage {
        degrees_latitude: latitude,
        degrees_longitude: longitude,
        name: words(&place.name),
        address: words(&place.address),
        context_info: context.into(),
        ..Default::default()
    };
    wa::Message { location_message: MessageField::some(place), ..Default::default() }
}

#[cfg(test)]
mod tests {
    use model::MessageContent;
    use model::content::Coordinates;

    use super::*;
    use crate::content;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        for (name, address) in [("Loja Pirata", "SQN 102"), ("", "SQN 102"), ("", "")] {
            let place = Place {
                at: Coordinates::of_degrees(-15.794_229, -47.882_166),
                name: name.to_owned(),
                address: address.to_owned(),
                report: None,
            };
            let sent = message(&place, None);
            assert_eq!(sent.location_message.degrees_latitude, Some(-15.794_229));
            assert_eq!(sent.location_message.degrees_longitude, Some(-47.882_166));
            let read = content::of(&sent).expect("something to show");
            assert_eq!(read.content, MessageContent::Location(place));
            assert_eq!(read.raw_message, None, "everything of it is shown");
        }
    }
}
