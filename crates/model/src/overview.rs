//! Figures of a number as a whole, for administrators and owners.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::PhoneNumber;

/// The figures of one number in the administrators' list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub owner_name: String,
    /// The names of the active users who were granted access, in order.
    pub agents: Vec<String>,
    /// Conversations, without those that are private to another user. The next two figures leave
    /// those out too.
    pub chats: u64,
    /// Unread messages.
    pub unread: u64,
    /// Time of the last activity in a conversation.
    #[serde(default, with = "crate::time::option")]
    pub last_at: Option<DateTime<Utc>>,
    pub last_day: Uptime,
    pub last_month: Uptime,
}

/// The time that a number was connected within a span.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uptime {
    /// Seconds connected.
    pub up: u32,
    /// Seconds of the span: a day or 30 days, less for a number that is younger.
    pub of: u32,
}

impl Uptime {
    /// Returns the share in tenths of a percent, rounded down so that only a whole span is 1000;
    /// `None` for no span.
    pub fn permille(self) -> Option<u16> {
        let share = u64::from(self.up.min(self.of)) * 1000;
        share.checked_div(u64::from(self.of)).and_then(|share| u16::try_from(share).ok())
    }
}

/// The data that is deleted with a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    pub label: String,
    /// The phone that is linked now.
    pub linked_phone: Option<PhoneNumber>,
    /// Conversations. Those that are private to another user are deleted too, but not counted.
    pub chats: u64,
    /// Their messages.
    pub messages: u64,
    /// The names of the active users who lose their access, in order.
    pub agents: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_span_is_all_of_it() {
        assert_eq!(Uptime { up: 86_400, of: 86_400 }.permille(), Some(1000));
        assert_eq!(Uptime { up: 86_399, of: 86_400 }.permille(), Some(999));
        assert_eq!(Uptime { up: 0, of: 60 }.permille(), Some(0));
        assert_eq!(Uptime::default().permille(), None);
    }
}
