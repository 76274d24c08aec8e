use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ReceivedUpdate, ShownContact, ShownPlace, ShownReaction, ShownVote};
use crate::phone::LinkPreview;

/// One message in a conversation. In JSON this is a row of `GET /phones/{number}/messages`.
///
/// An edited or revoked message keeps its row. Every reaction is a row of its own, also one that
/// replaces an earlier one or takes it back; `reactions` of the message that it names (`quoted`)
/// has the current ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    pub id: String,
    /// The author's number, or LID if the number is not known.
    pub from: String,
    pub from_me: bool,
    pub kind: MessageKind,
    /// Text or caption; for a reaction the emoji, empty if it takes an earlier one back.
    pub text: Option<String>,
    /// The id of the message answered, reacted to, or voted on.
    pub quoted: Option<String>,
    /// In a group, how far all members are.
    pub status: MessageStatus,
    /// Seconds since the epoch, from the stanza.
    pub timestamp: i64,
    /// Number of times a message with this id arrived from its author and was decrypted: 1 for one
    /// this phone wrote, 0 while it is undecryptable. The phone shows it once in any case.
    #[serde(default)]
    pub copies: u32,
    /// The message's file; `None` for messages without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaInfo>,
    /// WhatsApp's forwarding score: 0 for an original.
    #[serde(default)]
    pub forwarded: u32,
    /// The author has changed the text.
    #[serde(default)]
    pub edited: bool,
    /// The last reaction of each person to this message, by when the person first reacted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<ShownReaction>,
    /// The phone's user has marked it with a star.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub starred: bool,
    /// The recipient may open it once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub view_once: bool,
    /// Seconds until it disappears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration: Option<u32>,
    /// The options of a poll, or those that a vote chose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// The preview of a link in its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_preview: Option<LinkPreview>,
    /// The place, also one that is shared for a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<ShownPlace>,
    /// The contacts that it shares.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<ShownContact>,
    /// The id of the album that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// Of a message that announces an album: how many pictures and videos it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announces: Option<(u32, u32)>,
    /// The last vote of each person in this poll, by when the person first voted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub votes: Vec<ShownVote>,
    /// How far each member of a group is with an own message, by number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub receipts: BTreeMap<String, MessageStatus>,
    /// The edits and revocations of this message, in the order in which they arrived.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub updates: Vec<ReceivedUpdate>,
}

/// A message's file, as the phone has it. If there is a problem, these are the message's own
/// values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaInfo {
    /// MIME type.
    pub mime: String,
    /// Bytes of the file.
    pub size: u64,
    /// Hash of the file, in hex.
    pub sha256: String,
    /// A document's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// Duration of a video, audio or voice message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// The audio is a voice message.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ptt: bool,
    /// The volume over time of an audio or voice message, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waveform: Option<String>,
    /// Pixels of an image, video or sticker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels of an image, video or sticker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Bytes of the small JPEG in the message itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<u64>,
    /// The video plays like a GIF.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gif_playback: bool,
    /// The sticker moves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub animated: bool,
    /// Pages of a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_count: Option<u32>,
    /// Bytes of the table by which a sound or a video is played while it is downloaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sidecar: Option<u64>,
    /// The reason why the phone has no file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<MediaProblem>,
}

/// The reasons why a phone does not have a message's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaProblem {
    /// The file is not on the media servers.
    Missing,
    /// The file does not match the message, or its key does not decrypt it.
    Damaged,
}

/// The kind of a message, by the protobuf field of its content.
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
    PollVote,
    Reaction,
    /// The answer to a button of a business.
    ButtonReply,
    /// The answer to a list of a business.
    ListReply,
    Order,
    Product,
    /// A business' message from a template.
    Template,
    /// It announces pictures and videos that are sent together.
    Album,
    /// The author deleted it for everyone.
    Revoked,
    /// The message could not be decrypted; a retry may still replace it.
    Undecryptable,
    /// A kind the emulator does not know.
    Other,
}

/// Delivery status of a message. The variants are in order of progress: a status never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// Written, and not yet accepted by the server.
    Pending,
    /// The server has it (✓).
    Sent,
    /// The message reached the other side (✓✓); incoming messages start here.
    Delivered,
    /// The other side read it, or for an incoming message the phone's user did.
    Read,
    /// A voice note or view-once was opened.
    Played,
}
