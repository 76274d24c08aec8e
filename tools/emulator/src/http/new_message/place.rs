//! Places.

use serde::Deserialize;

use super::invalid::invalid;
use super::misplaced::first_misplaced;
use crate::control::ControlError;
use crate::phone::{Card, LiveLocation};

/// A place, in degrees.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Location {
    latitude: f64,
    longitude: f64,
    name: Option<String>,
    address: Option<String>,
}

impl Location {
    pub(super) fn read(self) -> Card {
        let Self { latitude, longitude, name, address } = self;
        Card::Location { latitude, longitude, name, address }
    }
}

/// Reads a report of a live location. The place that an ended one leaves does not move.
pub(super) fn live(report: LiveLocation) -> Result<Card, ControlError> {
    let moves = !report.ended;
    let fields = [
        ("live_location.speed", report.speed.is_some(), moves),
        ("live_location.bearing", report.bearing.is_some(), moves),
        ("live_location.elapsed", report.elapsed.is_some(), moves),
    ];
    match first_misplaced(fields) {
        Some(field) => Err(invalid(format!("{field} does not go with live_location.ended"))),
        None => Ok(Card::LiveLocation(report)),
    }
}
