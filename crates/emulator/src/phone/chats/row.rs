use serde::{Deserialize, Serialize};

/// One message in a conversation. Serialised, this is a row of `GET /phones/{number}/messages`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    pub id: String,
    /// The author's number, or LID where the number is not known.
    pub from: String,
    pub from_me: bool,
    pub kind: MessageKind,
    /// Text or caption; for a reaction the emoji, empty where it takes an earlier one back.
    pub text: Option<String>,
    /// The id of the message answered, reacted to, or voted on.
    pub quoted: Option<String>,
    pub status: MessageStatus,
    /// Seconds since the epoch, as the stanza said.
    pub timestamp: i64,
    /// How often a message with this id arrived from its author and could be read; 1 for one
    /// this phone wrote, 0 while it is undecryptable. Shown once all the same.
    #[serde(default)]
    pub copies: u32,
    /// The file that goes with it; `None` for messages without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<MediaInfo>,
}

/// A message's file, as the phone has it. Where there is a problem, as the message says.
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
    /// How long a video, audio or voice message is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// Why the phone has no file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<MediaProblem>,
}

/// Why a phone has not got a message's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaProblem {
    /// It is not on the media servers.
    Missing,
    /// What is there is not what the message says, or its key does not open it.
    Damaged,
}

/// What a message is, by the field of the protobuf it came in.
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
    /// The author deleted it for everyone.
    Revoked,
    /// It could not be decrypted; a retry may still replace it.
    Undecryptable,
    /// Something this emulator has no name for.
    Other,
}

/// How far a message has come. The order is the order of progress: it never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// Written, not yet accepted by the server.
    Pending,
    /// The server has it (✓).
    Sent,
    /// It reached the other side (✓✓); incoming messages start here.
    Delivered,
    /// The other side read it, or the phone's user did if it is incoming.
    Read,
    /// A voice note or view-once was opened.
    Played,
}
