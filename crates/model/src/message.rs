//! A message as a bubble.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{ChatId, Media, MessageId, Piece, WaMessageId};

/// The longest text a message may have, in characters; WhatsApp's own limit.
pub const MAX_TEXT: usize = 65_536;

/// How long a message that cannot be read is waited for: the sender's phone is asked again within
/// minutes, and what has not come after a day does not come.
pub const AWAITED_FOR: TimeDelta = TimeDelta::days(1);

/// One message of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub wa_id: WaMessageId,
    pub chat: ChatId,
    pub author: Author,
    pub kind: MessageKind,
    /// The text or caption, or the beginning of a long one; empty where there is none.
    pub text: String,
    /// The same with its formatting and links; empty where it has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rich: Vec<Piece>,
    /// There is more of the text, at [`Self::text_address`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
    /// Set where its author has changed the text since, to another number with each edit.
    pub edited: Option<i64>,
    /// The emojis that people reacted with, one a person. Each is a single character as people see it.
    pub reactions: Vec<String>,
    pub sent_at: DateTime<Utc>,
    /// Sorts the messages of a chat; see `store::ingest` for how it is made.
    pub position: i64,
    /// Set on outgoing messages only.
    pub delivery: Option<Delivery>,
    /// The file that belongs to it.
    pub media: Option<Media>,
}

impl Message {
    pub fn is_outgoing(&self) -> bool {
        !matches!(self.author, Author::Contact { .. })
    }

    /// Where browsers find the whole text of a message.
    pub fn text_address(message: MessageId) -> String {
        format!("/mensagem/{message}")
    }
}

/// The whole text of a message, where [`Message::more`] says that there is more of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WholeText {
    pub text: String,
    /// The same with its formatting and links; empty where it has none.
    pub rich: Vec<Piece>,
}

/// Who wrote it. The team sees this; the customer never does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The other side; `name` is set in groups.
    Contact { name: Option<String> },
    /// A user of this installation.
    User { name: String },
    /// The number's own phone or another of its linked devices.
    Phone,
}

/// What a message is. Those that are neither text nor have a file are shown by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    Text,
    Image,
    Video,
    Audio,
    Document,
    Sticker,
    Location,
    Contact,
    Poll,
    /// It was deleted for everybody, and says nothing any more.
    Revoked,
    /// It came, but could not be decrypted (yet).
    Undecryptable,
    /// It stays on the phone: what may be seen once, and what is not sent again to who could not read it.
    OnPhone,
    /// A kind this version does not know.
    Unsupported,
}

impl MessageKind {
    /// The name in the database; the same as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Sticker => "sticker",
            Self::Location => "location",
            Self::Contact => "contact",
            Self::Poll => "poll",
            Self::Revoked => "revoked",
            Self::Undecryptable => "undecryptable",
            Self::OnPhone => "on_phone",
            Self::Unsupported => "unsupported",
        }
    }

    /// Stands where a message is whose content is not here.
    pub fn is_placeholder(self) -> bool {
        matches!(self, Self::Undecryptable | Self::OnPhone)
    }

    /// Reads [`Self::as_str`]; an unknown name is [`Self::Unsupported`].
    pub fn from_name(name: &str) -> Self {
        [
            Self::Text,
            Self::Image,
            Self::Video,
            Self::Audio,
            Self::Document,
            Self::Sticker,
            Self::Location,
            Self::Contact,
            Self::Poll,
            Self::Revoked,
            Self::Undecryptable,
            Self::OnPhone,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == name)
        .unwrap_or(Self::Unsupported)
    }
}

/// How far an outgoing message is: clock, ✓, ✓✓, blue ✓✓, or failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Stored here; WhatsApp's server has not confirmed it.
    Queued,
    /// WhatsApp's server has it.
    Sent,
    Delivered,
    Read,
    /// It will not be tried again by itself.
    Failed {
        reason: FailReason,
    },
}

impl Delivery {
    /// Whether a receipt that says `next` moves this forward. Receipts come late and out of order,
    /// and a delivered message never becomes merely sent again.
    pub fn advances_to(self, next: Self) -> bool {
        fn rank(delivery: Delivery) -> u8 {
            match delivery {
                Delivery::Failed { .. } => 0,
                Delivery::Queued => 1,
                Delivery::Sent => 2,
                Delivery::Delivered => 3,
                Delivery::Read => 4,
            }
        }
        match next {
            Self::Failed { .. } => self == Self::Queued,
            next => rank(next) > rank(self),
        }
    }
}

/// Why a message was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailReason {
    /// The recipient has no WhatsApp, or WhatsApp refused the recipient.
    Recipient,
    /// WhatsApp limits whom this number may write to (nacks 463 and 479).
    Restricted,
    /// The number was unlinked before it could be sent.
    Unlinked,
    /// The number was not connected for as long as a message may wait.
    Expired,
    /// Anything else WhatsApp or the library refused.
    Refused,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_only_move_forward() {
        use Delivery::{Delivered, Failed, Queued, Read, Sent};
        let failed = Failed { reason: FailReason::Refused };
        assert!(
            Queued.advances_to(Sent) && Sent.advances_to(Read) && Queued.advances_to(Delivered)
        );
        assert!(!Read.advances_to(Delivered) && !Sent.advances_to(Sent));
        assert!(Queued.advances_to(failed) && !Sent.advances_to(failed));
        assert!(failed.advances_to(Queued), "a retry queues it again");
    }

    #[test]
    fn kinds_survive_the_database() {
        for kind in [MessageKind::Text, MessageKind::Poll, MessageKind::OnPhone] {
            assert_eq!(MessageKind::from_name(kind.as_str()), kind);
        }
        assert_eq!(MessageKind::from_name("hologram"), MessageKind::Unsupported);
    }
}
