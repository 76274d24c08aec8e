//! A message on the page: stored by the server, or not sent yet.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use model::{Author, Chat, ChatId, Message, MessageId, MessageKind, WaMessageId};
use serde::{Deserialize, Serialize};

use super::Row;
use crate::ApiError;

/// One bubble of the open conversation.
#[derive(Debug, Clone, PartialEq)]
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
        Reverse((self.last_at, self.id))
    }
}
