//! People whose contact can be sent.

use serde::{Deserialize, Serialize};

use crate::{ChatId, PhoneNumber};

/// A person with whom a number has a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub chat: ChatId,
    /// The name as the list of chats shows it; the phone if there is none.
    pub name: String,
    pub phone: PhoneNumber,
}

/// A contact that a user chose to send: a person of the number by their chat, or a name and a phone as they
/// were typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenContact {
    #[serde(default)]
    pub chat: Option<ChatId>,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub phone: String,
}
