//! The filters of the list of chats.

use serde::{Deserialize, Serialize};

/// The chats that a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatFilter {
    /// All that are not archived.
    #[default]
    All,
    /// Those of them that are groups.
    Groups,
    Archived,
}
