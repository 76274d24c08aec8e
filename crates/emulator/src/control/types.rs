//! What goes into and comes out of control operations; in JSON as it is here.

use serde::{Deserialize, Serialize};

use crate::phone::ChatMessage;
use crate::world::account::{Addressing, Typing};

/// A message as a phone has it: a row of `GET /phones/{number}/messages`.
pub type PhoneMessage = ChatMessage;

/// What `POST /phones` takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewPhone {
    /// Digits with the country code; a free one if left out.
    pub number: Option<String>,
    /// Push name.
    pub name: Option<String>,
    /// How this phone addresses its messages.
    pub addressing: Addressing,
}

/// A phone and what is linked to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneInfo {
    /// Digits with the country code.
    pub number: String,
    /// `number@s.whatsapp.net`.
    pub jid: String,
    /// `…@lid`.
    pub lid: String,
    /// Push name.
    pub name: String,
    /// Linked devices, by id.
    pub devices: Vec<DeviceInfo>,
    /// Conversations, by number.
    pub chats: Vec<ChatInfo>,
}

/// A linked device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceInfo {
    /// Device part of its JID.
    pub id: u16,
    /// `number:id@s.whatsapp.net`.
    pub jid: String,
    /// Connected and logged in.
    pub online: bool,
    /// It said that its user is there (`<presence type="available">`): others see the account online,
    /// and its phone does not ring for new messages.
    pub available: bool,
    /// What the client calls itself.
    pub platform: String,
    /// Stanzas it has not confirmed.
    pub queued: usize,
}

/// A conversation on a phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatInfo {
    /// The other's number.
    pub with: String,
    /// Messages the user has not read.
    pub unread: u32,
    /// The newest message.
    pub last: Option<Last>,
    /// What the other does at the moment, as far as the phone was told.
    pub typing: Option<Typing>,
}

/// The newest message of a conversation, in brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Last {
    /// Message id.
    pub id: String,
    /// Sent by the phone's account.
    pub from_me: bool,
    /// Text or caption.
    pub text: Option<String>,
    /// Seconds since 1970.
    pub timestamp: i64,
}

/// A device that was just linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scanned {
    /// The phone's number.
    pub phone: String,
    /// JID of the new device, by number.
    pub jid: String,
    /// JID of the new device, by LID.
    pub lid: String,
    /// Its device id.
    pub device: u16,
}

/// How a phone tells that its user read something: the `type` of the receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// Others may see what the user reads.
    #[default]
    Read,
    /// They may not: only the own devices are told.
    ReadSelf,
    /// The user listened to it.
    Played,
    /// The same, where others may not see it.
    PlayedSelf,
}

impl Reading {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::ReadSelf => "read-self",
            Self::Played => "played",
            Self::PlayedSelf => "played-self",
        }
    }
}

/// A message that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// Message id.
    pub id: String,
}
