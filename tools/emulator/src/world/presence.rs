//! What others see of a user: presence and typing.

use serde::{Deserialize, Serialize};

/// The presence of a user as others see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Presence {
    /// Online now.
    Available,
    /// Not online; `last` is the Unix time (seconds) of the last time, if it was ever seen.
    Unavailable {
        /// Seconds since 1970.
        last: Option<i64>,
    },
}

/// The typing state of a user in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Typing {
    /// Writing text.
    Composing,
    /// Recording a voice message.
    Recording,
    /// Not typing or recording any more.
    Paused,
}
