//! Changes of a message that are made in this inbox: edits, deletions for everybody and reactions.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{Author, FailReason, OperationId};

/// Time after its sending for which a text can be edited (WhatsApp: "up to 15 minutes after it is
/// sent").
pub const EDITABLE_FOR: TimeDelta = TimeDelta::minutes(15);

/// Time after its sending for which a message can be deleted for everybody (WhatsApp: "a little over
/// two days"; its apps allow 2 days and 12 hours).
pub const REVOCABLE_FOR: TimeDelta = TimeDelta::hours(60);

/// Returns the time left of the time that a change is `allowed` for, since WhatsApp took the message:
/// zero or negative when it is over, and all of it for a message that WhatsApp has not taken.
pub fn time_left(
    allowed: TimeDelta,
    taken_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> TimeDelta {
    // A clock that is behind WhatsApp's gives no more time.
    taken_at.map_or(allowed, |taken_at| allowed.min(allowed - (now - taken_at)))
}

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
    #[serde(with = "crate::time")]
    pub at: DateTime<Utc>,
    /// The author of the text, if it is the number's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_begins_when_whatsapp_has_the_message_and_is_never_more_than_allowed() {
        let taken_at = DateTime::UNIX_EPOCH;
        let left = |minutes| {
            time_left(EDITABLE_FOR, Some(taken_at), taken_at + TimeDelta::minutes(minutes))
        };
        assert_eq!([-5, 0, 14, 15, 16].map(|after| left(after).num_minutes()), [15, 15, 1, 0, -1]);
        assert_eq!(time_left(REVOCABLE_FOR, None, taken_at), REVOCABLE_FOR);
    }
}
