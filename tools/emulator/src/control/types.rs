//! Inputs and outputs of control operations. Their JSON has the same fields.

use serde::{Deserialize, Serialize};

use crate::phone::ChatMessage;
use crate::world::addressing::Addressing;
use crate::world::business::Business;
use crate::world::calls::PlacedCall;
use crate::world::presence::Typing;

/// A message on a phone: a row of `GET /phones/{number}/messages`.
pub type PhoneMessage = ChatMessage;

/// The body of `POST /phones`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewPhone {
    /// Digits with the country code; a free number if left out.
    pub number: Option<String>,
    /// Push name.
    pub name: Option<String>,
    /// The addressing of this phone's messages.
    pub addressing: Addressing,
}

/// A phone and its linked devices.
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
    /// The phone has a network.
    #[serde(default = "yes")]
    pub online: bool,
    /// Others need a token of this account to write to it.
    #[serde(default)]
    pub restricted: bool,
    /// The text under the name.
    #[serde(default)]
    pub about: String,
    /// The id of the picture, if the phone has one.
    #[serde(default)]
    pub picture: Option<String>,
    /// The profile of a business.
    #[serde(default)]
    pub business: Option<Business>,
    /// JIDs of the people that the account has blocked.
    #[serde(default)]
    pub blocked: Vec<String>,
    /// Labels of WhatsApp Business.
    #[serde(default)]
    pub labels: Vec<LabelInfo>,
    /// Linked devices, by id.
    pub devices: Vec<DeviceInfo>,
    /// Conversations, by number.
    pub chats: Vec<ChatInfo>,
    /// The newest calls that the phone has placed, oldest first.
    #[serde(default)]
    pub calls: Vec<PlacedCall>,
}

fn yes() -> bool {
    true
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
    /// The device sent `<presence type="available">`: others see the account online, and its phone
    /// does not ring for new messages.
    pub available: bool,
    /// The platform name the client registered with.
    pub platform: String,
    /// Stanzas the device has not confirmed.
    pub queued: usize,
}

/// A conversation on a phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatInfo {
    /// The number of the other side, or the JID of the group.
    pub with: String,
    /// The name of the other side in the address book.
    #[serde(default)]
    pub name: Option<String>,
    /// Messages the user has not read.
    pub unread: u32,
    /// The user marked it unread.
    #[serde(default)]
    pub marked_unread: bool,
    #[serde(default)]
    pub archived: bool,
    #[serde(default)]
    pub pinned: bool,
    /// The end of the mute in seconds since 1970, or -1 if it has none; absent if it makes sounds.
    #[serde(default)]
    pub muted_until: Option<i64>,
    /// Ids of its labels.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Ids of the messages with a star.
    #[serde(default)]
    pub starred: Vec<String>,
    /// The newest message.
    pub last: Option<LastMessage>,
    /// The timer of disappearing messages, in seconds; 0 if messages stay.
    #[serde(default)]
    pub expiration: u32,
    /// The typing state of the other side, as last reported to the phone.
    pub typing: Option<Typing>,
}

/// A label of WhatsApp Business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelInfo {
    pub id: String,
    pub name: String,
    /// The index of its colour in WhatsApp's list.
    pub color: i32,
}

/// The newest message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastMessage {
    /// Message id.
    pub id: String,
    /// Sent by the phone's account.
    pub from_me: bool,
    /// Text or caption.
    pub text: Option<String>,
    /// Seconds since 1970.
    pub timestamp: i64,
}

/// A newly linked device.
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

/// The `type` of the receipts a phone sends when its user reads something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceiptType {
    /// Others may see what the user reads.
    #[default]
    Read,
    /// Others may not see it; only the user's own devices are notified.
    ReadSelf,
    /// The user listened to a voice message.
    Played,
    /// The user listened to it, and others may not see that.
    PlayedSelf,
}

impl ReceiptType {
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
