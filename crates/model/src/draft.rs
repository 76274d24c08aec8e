//! Drafts.

use serde::{Deserialize, Serialize};

use crate::ChatId;

/// The unsent text of one user in one chat. Nobody but its author ever reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub chat: ChatId,
    /// Empty once it was sent or deleted.
    pub text: String,
    /// When it was typed, in microseconds since 1970; of two versions the later one counts.
    pub at: i64,
}
