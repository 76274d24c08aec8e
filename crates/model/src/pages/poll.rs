use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Author, ChatId, MessageId};

/// The votes in a poll, for their page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollPage {
    pub message: MessageId,
    pub chat: ChatId,
    /// The name of the chat, which is that of a contact who votes in a chat with one person.
    pub chat_name: String,
    pub question: String,
    pub options: Vec<PollOption>,
    /// One person may choose one option only.
    pub single: bool,
    /// The number of people who voted.
    pub voters: u32,
    /// False if the poll came without its secret, so that its votes cannot be read.
    pub readable: bool,
    /// True if the number may vote: the viewer may write in the chat, which is one with one person.
    pub can_vote: bool,
}

/// An option with the people who chose it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollOption {
    pub text: String,
    /// The number itself chose it, or waits for WhatsApp to take its vote.
    pub chosen: bool,
    /// The number of people who chose it; [`Self::by`] has the first of them.
    pub votes: u32,
    pub by: Vec<Voter>,
}

/// A person who voted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voter {
    pub author: Author,
    #[serde(with = "crate::time")]
    pub at: DateTime<Utc>,
}
