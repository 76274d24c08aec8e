//! A conversation as a row of the list.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ChatId, ConnectionId, Delivery, MessageKind, PhoneNumber};

/// One conversation of one number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    pub id: ChatId,
    pub connection: ConnectionId,
    /// The contact's or group's name; the formatted number (`+55 61 99812-4471`) where none is known.
    pub name: String,
    /// The contact's number, where it is known.
    pub phone: Option<PhoneNumber>,
    pub preview: Option<Preview>,
    /// When something last happened in it; rows are sorted by this, newest first.
    pub last_at: DateTime<Utc>,
    pub unread: u32,
    /// Nobody but the number's owner sees it, so this is only ever true for them.
    pub private: bool,
    /// The number's notes to itself. Known on the server only, where it is named in the reader's
    /// language ("Você").
    #[serde(skip)]
    pub myself: bool,
}

/// The last message in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    pub kind: MessageKind,
    /// At most 120 characters, line breaks folded.
    pub text: String,
    /// Set on outgoing messages only.
    pub delivery: Option<Delivery>,
}
