//! A message as the session of a number hands it over.

use chrono::{DateTime, Utc};
use model::{MessageContent, MessageKind};

use super::Peer;
use crate::{
    media::InboundMedia,
    messages::{ChatTimer, UpdateOf},
};

/// A message as WhatsApp delivered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// The contact of a one-to-one chat; ignored in groups.
    pub peer: Peer,
    /// The address of the group (`…@g.us`), for messages in groups.
    pub group: Option<String>,
    /// True if it was written on the number's own phone or on another of its devices.
    pub from_me: bool,
    /// Its author, in groups.
    pub sender: Option<Peer>,
    /// WhatsApp's id; see [`model::WaMessageId`] for the form.
    pub wa_id: String,
    pub kind: MessageKind,
    /// The content of this kind, if kind, text and file do not represent it.
    pub content: Option<MessageContent>,
    /// Text or caption, or the words by which lists show a message of another kind.
    pub text: String,
    /// The message as received, in protobuf, if content and file do not represent all of it. It is
    /// stored for later versions that show more.
    pub raw_message: Option<Vec<u8>>,
    /// The time at which WhatsApp's server took the message, by its clock. Often in whole seconds.
    pub timestamp: DateTime<Utc>,
    /// The name that the author chose in WhatsApp.
    pub push_name: Option<String>,
    /// The name of its author, a business, as WhatsApp has verified it.
    pub business_name: Option<String>,
    /// True if it waited at WhatsApp while the number was not connected.
    pub offline: bool,
    /// The file of the message.
    pub media: Option<InboundMedia>,
    /// The message that it answers.
    pub reply_to: Option<InboundQuote>,
    /// The people whom the text mentions.
    pub mentions: InboundMentions,
    /// WhatsApp's `forwarding_score`; 0 for an original.
    pub forwarded: u32,
    /// The timer of its chat, as it states it: by a setting, or by the time after which it disappears.
    pub timer: Option<ChatTimer>,
    /// The update of an earlier message that this is, instead of a message of its own.
    pub amends: Option<UpdateOf>,
}

/// The people whom a text mentions. Of each it has `@` and the digits of the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InboundMentions {
    /// At most [`model::bounds::MENTIONS`]; each has one address, whose digits are in the text.
    pub people: Vec<Peer>,
    /// True if the number itself is one of them.
    pub ourselves: bool,
}

/// The message that an answer refers to, as the answer carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundQuote {
    /// WhatsApp's id of the quoted message.
    pub wa_id: String,
    pub author: QuotedAuthor,
    pub kind: MessageKind,
    /// Its text or caption.
    pub text: String,
}

/// The author of a quoted message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuotedAuthor {
    /// The number itself.
    Ourselves,
    Contact(Peer),
}
