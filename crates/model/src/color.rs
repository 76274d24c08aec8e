//! The colours that tell numbers apart.

use serde::{Deserialize, Serialize};

use crate::ConnectionId;

/// A colour of the palette. The style sheet defines its shades, light and dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// The text names no colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown colour")]
pub struct UnknownColor;

impl NumberColor {
    /// The palette, in the order in which it is offered.
    pub const ALL: [Self; 8] = [
        Self::Green,
        Self::Blue,
        Self::Violet,
        Self::Orange,
        Self::Pink,
        Self::Teal,
        Self::Yellow,
        Self::Gray,
    ];

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
        match self {
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Violet => "violet",
            Self::Orange => "orange",
            Self::Pink => "pink",
            Self::Teal => "teal",
            Self::Yellow => "yellow",
            Self::Gray => "gray",
        }
    }
}

impl std::str::FromStr for NumberColor {
    type Err = UnknownColor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|color| color.as_str() == text).ok_or(UnknownColor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_has_one_text_everywhere() {
        for color in NumberColor::ALL {
            assert_eq!(color.as_str().parse(), Ok(color));
            assert_eq!(serde_json::to_value(color).unwrap(), color.as_str());
        }
        assert_eq!("Green".parse::<NumberColor>(), Err(UnknownColor));
    }

    #[test]
    fn neighbours_differ() {
        for id in -9..9 {
            let (one, next) = (ConnectionId(id), ConnectionId(id + 1));
            assert_ne!(NumberColor::of(one), NumberColor::of(next));
        }
    }
}
