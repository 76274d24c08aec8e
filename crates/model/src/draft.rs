//! Drafts.

use serde::{Deserialize, Serialize};

use crate::ChatId;

/// The unsent text of one user in one chat. Only its author ever reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub chat: ChatId,
    /// Empty once it was sent or deleted.
    pub text: String,
    /// The time of typing in microseconds since 1970. The later of two versions counts.
    pub at: i64,
}
