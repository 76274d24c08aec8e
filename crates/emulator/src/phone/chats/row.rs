use serde::{Deserialize, Serialize};

/// One message in a conversation. Serialised, this is a row of `GET /phones/{number}/messages`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    pub id: String,
    /// The author's number, or LID where the number is not known.
    pub from: String,
    pub from_me: bool,
    pub kind: MessageKind,
    /// Text or caption; for a reaction, the emoji.
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
