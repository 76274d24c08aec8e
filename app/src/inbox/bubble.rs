//! A message on the page: stored by the server, or not sent yet.

use std::cmp::Reverse;
use std::fmt;

use chrono::{DateTime, Utc};
use model::{
    Author, Change, Chat, ChatId, ContactId, Delivery, Forwarded, Message, MessageId, MessageKind,
    PendingChange, Quote, WaMessageId,
};
use serde::{Deserialize, Serialize};

use super::Row;
use crate::ApiError;

/// One bubble of the open conversation.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly all bubbles are stored messages")]
pub(crate) enum Bubble {
    Stored(Message),
    Unsent(Unsent),
}

/// A text that the server does not have yet. It is stored for the tab, so that a reload between
/// "Enviar" and the server's response does not lose it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Unsent {
    pub(crate) chat: ChatId,
    pub(crate) wa_id: WaMessageId,
    pub(crate) text: String,
    /// The message that it answers.
    #[serde(default)]
    pub(crate) reply_to: Option<Quote>,
    /// The people whom it mentions, as `browser/later/groups/mentions.js` writes them; empty if there are
    /// none.
    #[serde(default)]
    pub(crate) mentions: String,
    #[serde(with = "model::time")]
    pub(crate) at: DateTime<Utc>,
    #[serde(skip)]
    pub(crate) state: UnsentState,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum UnsentState {
    Sending,
    Failed(ApiError),
}

/// After a reload its outcome is unknown.
impl Default for UnsentState {
    fn default() -> Self {
        Self::Failed(ApiError::Unreachable)
    }
}

/// The key of a bubble before and after the server has it: an outgoing message keeps the id it was
/// given here.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum BubbleKey {
    Out(WaMessageId),
    In(MessageId),
}

impl BubbleKey {
    /// Reads a key that was written to the page; returns `None` for any other text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.split_once('-')? {
            ("out", id) => WaMessageId::parse(id).ok().map(Self::Out),
            ("in", id) => id.parse().ok().map(Self::In),
            _ => None,
        }
    }
}

/// The key as an attribute.
impl fmt::Display for BubbleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Out(id) => write!(f, "out-{id}"),
            Self::In(id) => write!(f, "in-{id}"),
        }
    }
}

impl Bubble {
    pub(crate) fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Stored(message) => message.sent_at,
            Self::Unsent(unsent) => unsent.at,
        }
    }

    /// The author; `None` for the viewer's own messages that are not stored yet.
    pub(crate) fn author(&self) -> Option<&Author> {
        match self {
            Self::Stored(message) => Some(&message.author),
            Self::Unsent(_) => None,
        }
    }

    /// The member of a group who wrote it; `None` for anything else.
    pub(crate) fn sender(&self) -> Option<ContactId> {
        self.stored().and_then(|message| message.sender)
    }

    pub(crate) fn kind(&self) -> MessageKind {
        match self {
            Self::Stored(message) => message.kind,
            Self::Unsent(_) => MessageKind::Text,
        }
    }

    pub(crate) fn is_outgoing(&self) -> bool {
        match self {
            Self::Stored(message) => message.is_outgoing(),
            Self::Unsent(_) => true,
        }
    }

    /// The message, if the server has it.
    pub(crate) fn stored(&self) -> Option<&Message> {
        match self {
            Self::Stored(message) => Some(message),
            Self::Unsent(_) => None,
        }
    }

    /// Returns true if the message can be answered and reacted to.
    pub(crate) fn takes_answers(&self) -> bool {
        self.stored().is_some_and(|message| {
            let has_failed = matches!(message.delivery, Some(Delivery::Failed { .. }));
            let is_going =
                |one: &PendingChange| one.change == Change::Revoke && one.failed.is_none();
            !message.kind.is_inert() && !has_failed && !message.pending.iter().any(is_going)
        })
    }

    pub(crate) fn reply_to(&self) -> Option<&Quote> {
        match self {
            Self::Stored(message) => message.reply_to.as_ref(),
            Self::Unsent(unsent) => unsent.reply_to.as_ref(),
        }
    }

    pub(crate) fn forwarded(&self) -> Forwarded {
        self.stored().map(|message| message.forwarded).unwrap_or_default()
    }
}

impl Row for Bubble {
    type Key = BubbleKey;
    /// Unsent messages come last, independent of clocks.
    type Rank = (bool, i64);

    fn key(&self) -> BubbleKey {
        match self {
            Self::Stored(message) if message.is_outgoing() => BubbleKey::Out(message.wa_id.clone()),
            Self::Stored(message) => BubbleKey::In(message.id),
            Self::Unsent(unsent) => BubbleKey::Out(unsent.wa_id.clone()),
        }
    }

    fn rank(&self) -> (bool, i64) {
        match self {
            Self::Stored(message) => (false, message.position),
            Self::Unsent(unsent) => (true, unsent.at.timestamp_micros()),
        }
    }
}

impl Row for Chat {
    type Key = ChatId;
    type Rank = Reverse<(DateTime<Utc>, ChatId)>;

    fn key(&self) -> ChatId {
        self.id
    }

    fn rank(&self) -> Self::Rank {
        Reverse((self.listed_at(), self.id))
    }
}

#[cfg(test)]
mod tests {
    use model::{FailReason, OperationId};

    use super::*;

    #[test]
    fn a_key_survives_the_page() {
        let ours = WaMessageId::parse("out-1.in-2_3").unwrap();
        for key in [BubbleKey::Out(ours), BubbleKey::In(MessageId(7))] {
            assert_eq!(BubbleKey::parse(&key.to_string()), Some(key));
        }
        for bad in ["", "in", "in-x", "out-short", "7"] {
            assert_eq!(BubbleKey::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_message_that_the_server_has_and_that_stays_is_answered() {
        let message = fixtures::message(1);
        assert!(Bubble::Stored(message.clone()).takes_answers());
        let revoking = |failed| {
            let pending =
                vec![PendingChange { id: OperationId(1), change: Change::Revoke, failed }];
            Bubble::Stored(Message { pending, ..message.clone() }).takes_answers()
        };
        assert!(!revoking(None));
        assert!(revoking(Some(FailReason::Refused)));
        let unsent = Unsent {
            chat: ChatId(1),
            wa_id: WaMessageId::from_random([7; 9]),
            text: "oi".to_owned(),
            reply_to: None,
            mentions: String::new(),
            at: fixtures::at(0),
            state: UnsentState::Sending,
        };
        assert!(!Bubble::Unsent(unsent).takes_answers());
    }

    #[test]
    fn an_unsent_text_of_an_earlier_version_is_read() {
        let kept = r#"{"chat":1,"wa_id":"3EB0C431C26A1916E07A00","text":"oi","at":"2026-11-23T12:00:00Z"}"#;
        let unsent: Unsent = serde_json::from_str(kept).unwrap();
        assert_eq!((unsent.text.as_str(), unsent.reply_to), ("oi", None));
    }
}
