//! A call.

use serde::{Deserialize, Serialize};

/// A call of the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Whether it was a call with video; `None` if WhatsApp did not say, as for a call while the
    /// number was not connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video: Option<bool>,
    pub outcome: CallOutcome,
}

/// The way in which a call ended. Calls that were answered are no messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// Nobody answered before the caller gave up.
    Missed,
}
