//! The message that an answer refers to.

use serde::{Deserialize, Serialize};

use crate::{Author, ContactId, MessageId, MessageKind};

/// The quoted part of an answer, as its author saw it when they answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The quoted message, if it is stored in this chat.
    pub message: Option<MessageId>,
    pub author: Author,
    /// The member of a group who wrote it, as [`crate::Message::sender`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<ContactId>,
    pub kind: MessageKind,
    /// The beginning of its text or caption, at most [`crate::bounds::EXCERPT`] characters.
    pub excerpt: String,
}
