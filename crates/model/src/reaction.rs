//! Reactions to a message.

use serde::{Deserialize, Serialize};

use crate::Author;

/// One emoji, and everybody who reacted with it. A person, and so a number, has one reaction per
/// message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// A single grapheme.
    pub emoji: String,
    /// Oldest first, never empty. [`Author::User`] and [`Author::Phone`] are the number itself.
    pub by: Vec<Author>,
}

impl Reaction {
    /// Returns true if the number itself reacted with this emoji.
    pub fn is_ours(&self) -> bool {
        self.by.iter().any(|one| !matches!(one, Author::Contact { .. }))
    }
}
