//! What a phone keeps of a chat beside its messages, and the changes of it that people make here.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// Chats of a number that are pinned at a time, as many as WhatsApp allows.
pub const MOST_PINNED: u64 = 3;

/// A mark of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatMark {
    /// It left the list for "Arquivadas".
    Archived,
    /// It is in no list until its next message: it was deleted, or has had no message yet.
    Unlisted,
    /// Its messages get no attention.
    Muted,
    /// Somebody marked it as unread.
    Unread,
    /// The number has blocked its contact.
    Blocked,
    /// WhatsApp refused the last change of its state, which was undone.
    Refused,
}

impl ChatMark {
    const ALL: [Self; 6] =
        [Self::Archived, Self::Unlisted, Self::Muted, Self::Unread, Self::Blocked, Self::Refused];

    /// The name by which style sheets and scripts find it.
    fn as_str(self) -> &'static str {
        match self {
            Self::Archived => "archived",
            Self::Unlisted => "unlisted",
            Self::Muted => "muted",
            Self::Unread => "marked",
            Self::Blocked => "blocked",
            Self::Refused => "refused",
        }
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// The marks of a chat. In JSON they are one number, for which browsers have no code of their own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChatMarks(u32);

impl ChatMarks {
    /// Adds a mark if `is_set`.
    #[must_use]
    pub fn with(self, mark: ChatMark, is_set: bool) -> Self {
        if is_set { Self(self.0 | mark.bit()) } else { self }
    }

    /// Returns true if the chat has this mark.
    pub fn has(self, mark: ChatMark) -> bool {
        self.0 & mark.bit() != 0
    }

    /// Returns true if the chat has none.
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Returns the names of all marks that the chat has, each with a space after it.
    pub fn names(self) -> String {
        let mut names = String::new();
        for mark in ChatMark::ALL.into_iter().filter(|mark| self.has(*mark)) {
            names.push_str(mark.as_str());
            names.push(' ');
        }
        names
    }
}

/// A change of the state of a chat that needs no confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatChange {
    Archive,
    Unarchive,
    Pin,
    Unpin,
    /// No attention for eight hours.
    MuteHours,
    MuteWeek,
    MuteAlways,
    Unmute,
    MarkUnread,
    /// The words about a change that WhatsApp refused were read.
    DismissRefusal,
}

impl ChatChange {
    /// Returns its name in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Unarchive => "unarchive",
            Self::Pin => "pin",
            Self::Unpin => "unpin",
            Self::MuteHours => "mute_hours",
            Self::MuteWeek => "mute_week",
            Self::MuteAlways => "mute_always",
            Self::Unmute => "unmute",
            Self::MarkUnread => "mark_unread",
            Self::DismissRefusal => "dismiss_refusal",
        }
    }

    /// Returns the end of a mute that begins at `now`; `None` for other changes.
    pub fn muted(self, now: DateTime<Utc>) -> Option<Muted> {
        let until = |time: TimeDelta| Muted::Until(now + time);
        match self {
            Self::MuteHours => Some(until(TimeDelta::hours(8))),
            Self::MuteWeek => Some(until(TimeDelta::weeks(1))),
            Self::MuteAlways => Some(Muted::Always),
            _ => None,
        }
    }
}

/// The time for which a chat is muted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Muted {
    Until(#[serde(with = "crate::time")] DateTime<Utc>),
    Always,
}

/// What a change of a chat is about, on its way to WhatsApp and when WhatsApp refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ChatAspect {
    Archive,
    Pin,
    Mute,
    Unread,
    Star,
    Clear,
    Delete,
    Block,
}

impl ChatAspect {
    /// Returns the name in the database.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_one_number() {
        let marks = ChatMarks::default().with(ChatMark::Muted, true).with(ChatMark::Unread, true);
        assert!(marks.has(ChatMark::Muted) && !marks.has(ChatMark::Archived));
        assert_eq!(marks.with(ChatMark::Archived, false), marks);
        assert_eq!(marks.names(), "muted marked ");
        let json = serde_json::to_string(&marks).unwrap();
        assert_eq!((json.as_str(), serde_json::from_str(&json).unwrap()), ("12", marks));
    }

    #[test]
    fn a_change_is_sent_by_its_name() {
        use ChatChange::{
            Archive, DismissRefusal, MarkUnread, MuteAlways, MuteHours, MuteWeek, Pin, Unarchive,
            Unmute, Unpin,
        };
        for change in [
            Archive,
            Unarchive,
            Pin,
            Unpin,
            MuteHours,
            MuteWeek,
            MuteAlways,
            Unmute,
            MarkUnread,
            DismissRefusal,
        ] {
            let name = format!("\"{}\"", change.as_str());
            assert_eq!(serde_json::to_string(&change).unwrap(), name);
            assert_eq!(serde_json::from_str::<ChatChange>(&name).unwrap(), change);
        }
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(MuteHours.muted(now), Some(Muted::Until(now + TimeDelta::hours(8))));
        assert_eq!((MuteAlways.muted(now), Unmute.muted(now)), (Some(Muted::Always), None));
    }
}
