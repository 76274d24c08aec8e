//! What an open page is told, one JSON object an event of the stream.

use serde::{Deserialize, Serialize};

use crate::{Chat, ChatId, Connection, ConnectionId, Draft, Message};

/// A change that a page shows. Every variant carries the new value whole, so that applying it twice,
/// or after a reload that already had it, changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LiveEvent {
    /// A connection as it is now for this viewer.
    Connection { connection: Connection },
    /// A connection this viewer no longer sees.
    ConnectionGone { connection: ConnectionId },
    /// A message is new, or its ticks moved; with its chat's row as it is now.
    Message { chat: Chat, message: Message },
    /// A chat's row changed by itself: read, renamed.
    Chat { chat: Chat },
    /// The contact started or stopped typing. Not replayed.
    Typing { chat: ChatId, typing: bool },
    /// Unread messages of each number that has any, loaded or not. Not replayed.
    Unread { numbers: Vec<(ConnectionId, u32)> },
    /// Drafts of this viewer as they are now: those that changed, or all there are. Not replayed.
    Drafts { drafts: Vec<Draft>, all: bool },
    /// More was missed than is kept: load again.
    Resync,
}

/// An event with its place in the stream, the `id:` of the SSE event. Events that are not
/// replayed (typing, connection states) carry none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequenced {
    pub seq: Option<i64>,
    pub event: LiveEvent,
}
