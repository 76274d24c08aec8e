//! Messages of WhatsApp itself about a chat.

use serde::{Deserialize, Serialize};

/// A message about the chat that it is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// Messages of the chat disappear after a time from now on; 0 if they stay.
    Timer { seconds: u32 },
    /// The person of the chat has another number from now on.
    NewNumber,
}
