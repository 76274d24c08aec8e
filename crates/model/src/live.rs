//! The events of an open page: each event of the stream is one JSON object.

use serde::{Deserialize, Serialize};

use crate::{Chat, ChatId, Connection, ConnectionId, Draft, Message, MessageId};

/// A change that a page shows. Every variant carries the whole new value, so that applying it
/// twice, or after a reload that already had it, changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "nearly all events are messages")]
pub enum LiveEvent {
    /// The current data of a connection, for this viewer.
    Connection { connection: Connection },
    /// This viewer no longer sees a connection.
    ConnectionGone { connection: ConnectionId },
    /// A message is new, or its delivery changed; with the current row of its chat.
    Message { chat: Chat, message: Message },
    /// The row of a chat changed by itself: it was read or renamed.
    Chat { chat: Chat },
    /// A message disappeared, since its time is over.
    Gone(MessageId),
    /// The contact started or stopped typing, or, if `recording`, recording a voice note. This is not
    /// replayed.
    Typing { chat: ChatId, typing: bool, recording: bool },
    /// The unread messages of each number that has any, whether its chats are loaded or not. This
    /// is not replayed.
    /// So are the archived chats of each number that has any, if they are counted.
    Unread {
        numbers: Vec<(ConnectionId, u32)>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        archived: Option<Vec<(ConnectionId, u32)>>,
    },
    /// The current drafts of this viewer: those that changed, or all. This is not replayed.
    Drafts { drafts: Vec<Draft>, all: bool },
    /// More events were missed than are kept, so the page must load again.
    Resync,
}

/// An event with its place in the stream, the `id:` of the SSE event. Events that are not replayed
/// (typing, connection states) have none. A page that needs few of the events parses a type of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sequenced<E = LiveEvent> {
    pub seq: Option<i64>,
    pub event: E,
}
