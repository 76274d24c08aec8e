//! Places, described in words.

use whatsapp_rust::prelude::wa;

use super::in_lines;

/// Describes a place: its name, its address and a link to a map.
pub(super) fn place(base: &wa::Message) -> Option<String> {
    let (latitude, longitude, named) = if let Some(place) = base.location_message.as_option() {
        let named = [place.name.as_deref(), place.address.as_deref(), place.comment.as_deref()];
        (place.degrees_latitude, place.degrees_longitude, named)
    } else {
        let place = base.live_location_message.as_option()?;
        (place.degrees_latitude, place.degrees_longitude, [place.caption.as_deref(), None, None])
    };
    let at = latitude.zip(longitude);
    let map = at.map(|(latitude, longitude)| {
        format!("https://maps.google.com/?q={latitude:.6},{longitude:.6}")
    });
    Some(in_lines(named.into_iter().flatten().chain(map.as_deref())))
}

#[cfg(test)]
mod tests {
    use model::MessageKind;
    use whatsapp_rust::prelude::{MessageField, wa};
    use whatsapp_rust::waproto::whatsapp::message::LocationMessage;

    use crate::testing::read;

    #[test]
    fn a_place_has_its_name_and_a_map() {
        let place = LocationMessage {
            degrees_latitude: Some(-15.794_2),
            degrees_longitude: Some(-47.882_5),
            name: Some("Loja Pirata".into()),
            ..Default::default()
        };
        let place =
            wa::Message { location_message: MessageField::some(place), ..Default::default() };
        let words = "Loja Pirata\nhttps://maps.google.com/?q=-15.794200,-47.882500";
        assert_eq!(read(&place), (MessageKind::Location, words.into()));
    }
}
