//! Places.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::shorten;
use crate::bounds;

/// A place on the map.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// `None` if its sender gave none that exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Coordinates>,
    /// Its name, or what its sender wrote about it; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Set for a place that is shared for a time, or was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
}

/// The last position of a place that is shared for a time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Its number, which grows (WhatsApp's `sequenceNumber`).
    pub sequence: i64,
    /// Seconds since the place was shared first (WhatsApp's `timeOffset`).
    #[serde(default, skip_serializing_if = "crate::skip::is_zero")]
    pub elapsed: u32,
    /// True if it is not shared any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
    /// The time of the message with this position in microseconds since 1970, if it was not the first.
    #[serde(default)]
    pub at: i64,
}

impl Place {
    pub(super) fn words(&self) -> String {
        if self.name.trim().is_empty() { self.address.clone() } else { self.name.clone() }
    }

    pub(super) fn shorten(&mut self) -> bool {
        // Both are shortened.
        shorten(&mut self.name, bounds::PLACE) | shorten(&mut self.address, bounds::PLACE)
    }
}

/// A point on the globe, in millionths of a degree, which are 11 cm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coordinates {
    /// North of the equator.
    pub latitude: i32,
    /// East of Greenwich.
    pub longitude: i32,
}

/// Parts of a degree.
const MICRO: f64 = 1_000_000.0;

impl Coordinates {
    /// Returns the point at these degrees; `None` if there is no such point.
    pub fn of_degrees(latitude: f64, longitude: f64) -> Option<Self> {
        // A value that is no number is in no range.
        let exists = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        let micro = |degrees: f64| (degrees * MICRO).round() as i32;
        exists.then(|| Self { latitude: micro(latitude), longitude: micro(longitude) })
    }

    /// Returns latitude and longitude in degrees.
    pub fn degrees(self) -> (f64, f64) {
        let degrees = |micro: i32| f64::from(micro) / MICRO;
        (degrees(self.latitude), degrees(self.longitude))
    }
}

/// `-15.794229,-47.882166`, as addresses of maps have it.
impl fmt::Display for Coordinates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (latitude, longitude) = self.degrees();
        write!(f, "{latitude:.6},{longitude:.6}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_points_of_the_globe_are_coordinates() {
        let written = |latitude, longitude| {
            Coordinates::of_degrees(latitude, longitude).map(|at| at.to_string())
        };
        let gate = written(-15.794_229_1, -47.882_166);
        assert_eq!(gate.as_deref(), Some("-15.794229,-47.882166"));
        assert_eq!(written(90.0, -180.0).as_deref(), Some("90.000000,-180.000000"));
        assert_eq!(written(0.5, 0.0).as_deref(), Some("0.500000,0.000000"));
        for (latitude, longitude) in [
            (f64::NAN, 0.0),
            (0.0, f64::NAN),
            (f64::INFINITY, 0.0),
            (90.1, 0.0),
            (0.0, -180.1),
            (f64::MAX, f64::MIN),
        ] {
            assert_eq!(written(latitude, longitude), None, "{latitude} {longitude}");
        }
    }
}
