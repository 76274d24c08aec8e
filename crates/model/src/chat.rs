//! A conversation as a row of the list.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ChatId, ConnectionId, Delivery, MessageKind, Notice, PhoneNumber};

/// One conversation of one number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    pub id: ChatId,
    pub connection: ConnectionId,
    /// The name of the contact or group, or the formatted number (`+55 61 99812-4471`) if no name
    /// is known.
    pub name: String,
    /// The number of the contact, if it is known.
    pub phone: Option<PhoneNumber>,
    /// The address of its picture, which changes with the picture; empty if WhatsApp shows none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub picture: String,
    pub preview: Option<Preview>,
    /// The time of the last activity; rows are sorted by it, newest first.
    #[serde(with = "crate::time")]
    pub last_at: DateTime<Utc>,
    pub unread: u32,
    /// It is a group, and no chat with one person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub group: bool,
    /// Only the owner of the number sees it, so this is only ever true for them.
    pub private: bool,
    /// The seconds after which its messages disappear; 0 if they stay.
    #[serde(default, skip_serializing_if = "is_off")]
    pub timer: u32,
    /// It is the chat of the number with itself. Only the server knows this, and names the chat in
    /// the reader's language ("Você").
    #[serde(skip)]
    pub myself: bool,
}

impl Chat {
    /// Returns the address of the picture of a chat, whatever its version.
    pub fn picture_address(chat: ChatId) -> String {
        format!("/foto/{chat}")
    }

    /// Returns the address of the same picture as large as WhatsApp has it.
    pub fn large_picture_address(chat: ChatId) -> String {
        format!("/foto/{chat}/grande")
    }
}

fn is_off(timer: &u32) -> bool {
    *timer == 0
}

/// The last message, in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    pub kind: MessageKind,
    /// At most 120 characters, with line breaks folded.
    pub text: String,
    /// Set if no person wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    /// Set on outgoing messages only.
    pub delivery: Option<Delivery>,
}
