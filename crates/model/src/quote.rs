//! The message that an answer refers to.

use serde::{Deserialize, Serialize};

use crate::{Author, MessageId, MessageKind};

/// The quoted part of an answer, as its author saw it when they answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The quoted message, if it is stored in this chat.
    pub message: Option<MessageId>,
    pub author: Author,
    pub kind: MessageKind,
    /// The beginning of its text or caption, at most [`crate::bounds::EXCERPT`] characters.
    pub excerpt: String,
}
