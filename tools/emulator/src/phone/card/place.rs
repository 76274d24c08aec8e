use serde::Deserialize;
use waproto::whatsapp::{
    self as wa,
    message::{LiveLocationMessage, LocationMessage},
};

use crate::json::null_as_default;

/// One report of a live location. The first one starts it and each further one moves it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LiveLocation {
    /// Degrees.
    pub latitude: f64,
    /// Degrees.
    pub longitude: f64,
    /// Text of the sender.
    pub caption: Option<String>,
    /// Metres.
    pub accuracy: Option<u32>,
    /// Metres per second.
    pub speed: Option<f32>,
    /// Degrees from magnetic north, clockwise.
    pub bearing: Option<u32>,
    /// The number of the report; it grows.
    #[serde(default, deserialize_with = "null_as_default")]
    pub sequence: i64,
    /// Seconds since the start.
    pub elapsed: Option<u32>,
    /// The person stopped sharing: the last place, which stays.
    #[serde(default, deserialize_with = "null_as_default")]
    pub ended: bool,
}

impl LiveLocation {
    /// An ended one is a `locationMessage` with `isLive`, which WhatsApp treats as the place that
    /// a live location left (`wacore::send::media_type_from_message` names it `livelocation`).
    pub(super) fn message(&self) -> wa::Message {
        if self.ended {
            let place = LocationMessage {
                degrees_latitude: Some(self.latitude),
                degrees_longitude: Some(self.longitude),
                is_live: Some(true),
                accuracy_in_meters: self.accuracy,
                comment: self.caption.clone(),
                ..Default::default()
            };
            return wa::Message { location_message: place.into(), ..Default::default() };
        }
        let place = LiveLocationMessage {
            degrees_latitude: Some(self.latitude),
            degrees_longitude: Some(self.longitude),
            accuracy_in_meters: self.accuracy,
            speed_in_mps: self.speed,
            degrees_clockwise_from_magnetic_north: self.bearing,
            caption: self.caption.clone(),
            sequence_number: Some(self.sequence),
            time_offset: self.elapsed,
            ..Default::default()
        };
        wa::Message { live_location_message: place.into(), ..Default::default() }
    }
}

pub(super) fn location(
    latitude: f64,
    longitude: f64,
    name: Option<String>,
    address: Option<String>,
) -> wa::Message {
    let place = LocationMessage {
        degrees_latitude: Some(latitude),
        degrees_longitude: Some(longitude),
        name,
        address,
        ..Default::default()
    };
    wa::Message { location_message: place.into(), ..Default::default() }
}
