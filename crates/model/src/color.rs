//! The colours that tell numbers apart.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::ConnectionId;

/// A colour of the palette. The style sheet defines its shades, light and dark.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum NumberColor {
    Green,
    Blue,
    Violet,
    Orange,
    Pink,
    Teal,
    Yellow,
    Gray,
}

impl NumberColor {
    /// The palette, in the order in which it is offered.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Returns the default colour of a number: always the same, and different from its neighbours'.
    pub fn of(connection: ConnectionId) -> Self {
        let all = Self::ALL.len() as i64;
        // The remainder is a valid index, so the default is never reached.
        usize::try_from(connection.0.rem_euclid(all))
            .ok()
            .and_then(|index| Self::ALL.get(index).copied())
            .unwrap_or(Self::Gray)
    }

    /// Returns the name in the database and in class names.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_has_one_text_everywhere() {
        for &color in NumberColor::ALL {
            assert_eq!(color.as_str().parse(), Ok(color));
            assert_eq!(serde_json::to_value(color).unwrap(), color.as_str());
        }
        assert!("Green".parse::<NumberColor>().is_err());
    }

    #[test]
    fn neighbours_differ() {
        for id in -9..9 {
            let (one, next) = (ConnectionId(id), ConnectionId(id + 1));
            assert_ne!(NumberColor::of(one), NumberColor::of(next));
        }
    }
}
