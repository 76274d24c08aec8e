//! What the user has set about a conversation.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What the user has set about a conversation, on the phone or on a linked device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChatSettings {
    pub archived: bool,
    /// The time at which it was pinned, in seconds since 1970.
    pub pinned_at: Option<i64>,
    pub mute: Mute,
    /// The user marked it unread, whatever its messages are.
    pub marked_unread: bool,
    /// The ids of its labels.
    pub labels: BTreeSet<String>,
    /// The ids of its messages with a star.
    pub starred: BTreeSet<String>,
}

/// Whether new messages of a conversation make a sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Mute {
    #[default]
    Off,
    /// They make none until this time, in seconds since 1970.
    Until(i64),
    Forever,
}

impl Mute {
    /// The end in the unit of the control API: seconds since 1970, and -1 if there is none.
    pub fn until(self) -> Option<i64> {
        match self {
            Self::Off => None,
            Self::Until(end) => Some(end),
            Self::Forever => Some(-1),
        }
    }
}
