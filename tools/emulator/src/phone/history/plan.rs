//! A made-up history: how many chats and messages, of which kinds and when.
//!
//! Nothing of it is stored. Every chat and message follows from its position, so that a history of
//! any length needs no memory, and the parts that devices ask for agree with each other.

use serde::{Deserialize, Serialize};

/// Days that a history covers if it does not say.
const DAYS: u32 = 30;
/// Seconds between the newest messages of neighbouring chats.
const BETWEEN_CHATS: i64 = 11;
const DAY_SECS: i64 = 24 * 60 * 60;
/// The most chats, and the most messages of a chat.
const MOST: u32 = 100_000;
/// Chats that are in the address book if the request does not say.
const CONTACTS: u32 = 100;

/// The kinds of made-up messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryKind {
    Text,
    /// An answer to the message before it.
    Quoted,
    /// A text to which the other side reacted.
    Reaction,
    Image,
    Document,
    Location,
    Contact,
    Poll,
    /// A message that its author deleted for everybody.
    Revoked,
}

impl HistoryKind {
    const ALL: [Self; 9] = [
        Self::Text,
        Self::Quoted,
        Self::Reaction,
        Self::Image,
        Self::Document,
        Self::Location,
        Self::Contact,
        Self::Poll,
        Self::Revoked,
    ];
}

/// The body of `POST /phones/{number}/history`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewHistory {
    pub chats: u32,
    pub messages_per_chat: u32,
    /// Days that the messages of each chat are spread over.
    #[serde(default)]
    pub days: Option<u32>,
    /// The chats with the oldest messages are archived.
    #[serde(default)]
    pub archived: Option<u32>,
    /// The chats with the newest messages are pinned.
    #[serde(default)]
    pub pinned: Option<u32>,
    /// The chats after those are muted, every second one for ever.
    #[serde(default)]
    pub muted: Option<u32>,
    /// The chats with the newest messages have unread ones.
    #[serde(default)]
    pub unread: Option<u32>,
    /// The chats with the newest messages are in the address book.
    #[serde(default)]
    pub contacts: Option<u32>,
    /// The kinds of messages, in turn; all kinds if left out.
    #[serde(default)]
    pub kinds: Option<Vec<HistoryKind>>,
}

/// A made-up history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPlan {
    pub(super) chats: u32,
    pub(super) messages: u32,
    pub(super) days: u32,
    pub(super) archived: u32,
    pub(super) pinned: u32,
    pub(super) muted: u32,
    pub(super) unread: u32,
    pub(super) contacts: u32,
    pub(super) kinds: Vec<HistoryKind>,
    /// The time of the newest message, in seconds since 1970.
    pub(super) at: i64,
    /// Distinguishes the people of one phone's history from those of others.
    pub(super) seed: u32,
}

impl HistoryPlan {
    /// Makes a plan; the error names the field that does not fit.
    pub fn new(new: NewHistory, seed: u32, at: i64) -> Result<Self, String> {
        let NewHistory {
            chats,
            messages_per_chat,
            days,
            archived,
            pinned,
            muted,
            unread,
            contacts,
            kinds,
        } = new;
        for (field, value) in [("chats", chats), ("messages_per_chat", messages_per_chat)] {
            if value == 0 || value > MOST {
                return Err(format!("{field} is from 1 to {MOST}"));
            }
        }
        let days = days.unwrap_or(DAYS);
        if days == 0 {
            return Err("days is 1 at least".to_owned());
        }
        let kinds = kinds.unwrap_or_else(|| HistoryKind::ALL.to_vec());
        if kinds.is_empty() {
            return Err("kinds is empty".to_owned());
        }
        let some =
            |field: &str, value: Option<u32>, otherwise: u32| match value.unwrap_or(otherwise) {
                value if value > chats => Err(format!("{field}: there are {chats} chats")),
                value => Ok(value),
            };
        let plan = Self {
            archived: some("archived", archived, 0)?,
            pinned: some("pinned", pinned, 0)?,
            muted: some("muted", muted, 0)?,
            unread: some("unread", unread, 0)?,
            contacts: some("contacts", contacts, (chats / 2).min(CONTACTS))?,
            chats,
            messages: messages_per_chat,
            days,
            kinds,
            at,
            seed,
        };
        if plan.pinned.saturating_add(plan.muted) > chats - plan.archived {
            return Err("archived does not go with that many pinned and muted".to_owned());
        }
        Ok(plan)
    }

    /// The number of its chats.
    pub fn chats(&self) -> u32 {
        self.chats
    }

    /// The number of its messages.
    pub fn total(&self) -> u64 {
        u64::from(self.chats) * u64::from(self.messages)
    }

    /// Returns `true` if messages of this kind are in it.
    pub fn has(&self, kind: HistoryKind) -> bool {
        self.kinds.contains(&kind)
    }

    /// The time of a message, in seconds; age 0 is the newest message of its chat.
    pub(super) fn timestamp(&self, chat: u32, age: u32) -> i64 {
        let newest = self.at - i64::from(chat) * BETWEEN_CHATS;
        newest - i64::from(age) * i64::from(self.days) * DAY_SECS / i64::from(self.messages)
    }

    /// The messages of a chat that are not older than a number of days; one at least.
    pub(super) fn within(&self, days: u32) -> u32 {
        let within = u64::from(self.messages) * u64::from(days) / u64::from(self.days);
        u32::try_from(within).unwrap_or(u32::MAX).clamp(1, self.messages)
    }

    /// The first message of a chat that is older than a time in milliseconds.
    pub(super) fn age_before(&self, chat: u32, time_ms: i64) -> u32 {
        let ages = 0..self.messages;
        let (mut low, mut high) = (ages.start, ages.end);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.timestamp(chat, middle) * 1_000 < time_ms {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        low
    }

    /// The number of unread messages of a chat.
    pub(super) fn unread_of(&self, chat: u32) -> u32 {
        if chat < self.unread { (chat % 9 + 1).min(self.messages) } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(chats: u32, messages: u32) -> HistoryPlan {
        let new = NewHistory { chats, messages_per_chat: messages, ..Default::default() };
        HistoryPlan::new(new, 1, 1_700_000_000).expect("a plan")
    }

    #[test]
    fn a_field_that_does_not_fit_is_named() {
        let two = NewHistory { chats: 2, messages_per_chat: 1, ..Default::default() };
        for (new, field) in [
            (NewHistory { chats: 0, ..two.clone() }, "chats"),
            (NewHistory { pinned: Some(3), ..two.clone() }, "pinned"),
            (NewHistory { kinds: Some(vec![]), ..two.clone() }, "kinds"),
            (NewHistory { days: Some(0), ..two.clone() }, "days"),
            (NewHistory { archived: Some(2), pinned: Some(1), ..two }, "archived"),
        ] {
            let error = HistoryPlan::new(new, 1, 0).expect_err(field);
            assert!(error.starts_with(field), "{error}");
        }
    }

    #[test]
    fn messages_get_older_and_are_found_by_their_time() {
        let plan = plan(3, 60);
        for age in 0..60 {
            let time = plan.timestamp(2, age);
            assert_eq!(plan.age_before(2, time * 1_000 + 1), age);
            assert_eq!(plan.age_before(2, time * 1_000), age + 1);
        }
        assert_eq!((plan.within(15), plan.within(365)), (30, 60));
    }
}
