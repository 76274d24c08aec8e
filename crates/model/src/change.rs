//! Changes of a message that are made in this inbox: edits, deletions for everybody and reactions.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::{FailReason, OperationId};

/// Time after its sending for which a text can be edited (WhatsApp: "up to 15 minutes after it is
/// sent").
pub const EDITABLE_FOR: TimeDelta = TimeDelta::minutes(15);

/// Time after its sending for which a message can be deleted for everybody (WhatsApp: "a little over
/// two days"; its apps allow 2 days and 12 hours).
pub const REVOCABLE_FOR: TimeDelta = TimeDelta::hours(60);

/// A change of a stored message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The text of an own message becomes this one.
    Edit { text: String },
    /// An own message is deleted for everybody.
    Revoke,
    /// The number reacts with this emoji, in place of its earlier reaction. An empty one takes the
    /// reaction back.
    React { emoji: String },
}

/// A change that WhatsApp has not confirmed. The message has its old content until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingChange {
    pub id: OperationId,
    /// The text of an edit is cut like that of a bubble.
    pub change: Change,
    /// The reason why it is not tried again by itself; `None` while it waits or is under way.
    pub failed: Option<FailReason>,
}

/// An earlier text of an edited message, or the current one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Cut like the text of a bubble.
    pub text: String,
    /// The time at which the message got this text.
    pub at: chrono::DateTime<chrono::Utc>,
}
