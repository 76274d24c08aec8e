//! A conversation as a row of the list.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    ChatId, ChatMarks, Closed, ConnectionId, Delivery, MessageKind, Notice, PhoneNumber,
    content::GroupNotice,
};

/// Pinned chats are listed as if their last activity was so long after they were pinned, which is above
/// all others.
const PINNED: TimeDelta = TimeDelta::days(365_000);

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
    /// The time of the last activity; rows that are not pinned are sorted by it, newest first.
    #[serde(with = "crate::time")]
    pub last_at: DateTime<Utc>,
    pub unread: u32,
    /// It is a group, and no chat with one person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub group: bool,
    /// The reason why nobody writes in the group from here; `None` if users who may write can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
    /// The number is an administrator of the group, and deletes the messages of others for everybody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub admin: bool,
    /// The members of the group, the number included; 0 while they are not known.
    #[serde(default, skip_serializing_if = "crate::skip::is_zero")]
    pub members: u32,
    /// The group was given to some people only, and nobody else but owner and administrators sees it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restricted: bool,
    /// Only the owner of the number sees it, so this is only ever true for them.
    pub private: bool,
    /// The seconds after which its messages disappear; 0 if they stay.
    #[serde(default, skip_serializing_if = "crate::skip::is_zero")]
    pub timer: u32,
    /// The time at which it was pinned on top of the list.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::time::option")]
    pub pinned: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "ChatMarks::is_empty")]
    pub marks: ChatMarks,
    /// It is the chat of the number with itself. Only the server knows this, and names the chat in
    /// the reader's language ("Você").
    #[serde(skip)]
    pub myself: bool,
}

impl Chat {
    /// Returns the time by which the list is sorted, newest first: pinned chats come before all others,
    /// the last pinned first.
    pub fn listed_at(&self) -> DateTime<Utc> {
        self.pinned.map_or(self.last_at, |at| at + PINNED)
    }

    /// Returns the time at which a chat was pinned that is listed by this time; `None` for a chat that is
    /// not pinned.
    pub fn pinned_at(listed_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let at = listed_at.checked_sub_signed(PINNED)?;
        (at >= DateTime::UNIX_EPOCH).then_some(at)
    }

    /// Returns the address of the picture of a chat, whatever its version.
    pub fn picture_address(chat: ChatId) -> String {
        format!("/foto/{chat}")
    }

    /// Returns the address of the same picture as large as WhatsApp has it.
    pub fn large_picture_address(chat: ChatId) -> String {
        format!("/foto/{chat}/grande")
    }
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
    /// The name of the member of a group who wrote it; `None` for the number's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The change of the group that it is. Only the server knows this, and makes it the text in the
    /// reader's language.
    #[serde(skip)]
    pub change: Option<GroupNotice>,
    /// Set on outgoing messages only.
    pub delivery: Option<Delivery>,
}
