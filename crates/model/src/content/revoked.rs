//! Messages that were deleted for everybody.

use serde::{Deserialize, Serialize};

/// The person who deleted a message for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevokedBy {
    Author,
    /// An administrator of the group.
    Admin,
}

impl RevokedBy {
    /// Returns the name in the database, which is the same as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Admin => "admin",
        }
    }
}
