//! The timer after which the messages of a chat disappear.

use serde::{Deserialize, Serialize};

const DAY: u32 = 24 * 60 * 60;

/// A timer that people may choose, the same as on their phones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatTimerChoice {
    Off,
    Day,
    Week,
    /// 90 days.
    Quarter,
}

impl ChatTimerChoice {
    /// All of them, the shortest time first.
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Quarter, Self::Off];

    /// Returns the seconds; 0 if messages stay.
    pub fn seconds(self) -> u32 {
        match self {
            Self::Off => 0,
            Self::Day => DAY,
            Self::Week => 7 * DAY,
            Self::Quarter => 90 * DAY,
        }
    }

    /// Returns its name in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Day => "day",
            Self::Week => "week",
            Self::Quarter => "quarter",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_sent_by_its_name() {
        for choice in ChatTimerChoice::ALL {
            let name = format!("\"{}\"", choice.as_str());
            assert_eq!(serde_json::to_string(&choice).unwrap(), name);
            assert_eq!(serde_json::from_str::<ChatTimerChoice>(&name).unwrap(), choice);
        }
        let seconds = ChatTimerChoice::ALL.map(ChatTimerChoice::seconds);
        assert_eq!(seconds, [86_400, 604_800, 7_776_000, 0]);
    }
}
