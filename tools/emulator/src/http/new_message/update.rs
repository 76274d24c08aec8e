//! Changes of messages, and votes.

use serde::Deserialize;

/// A vote in the poll `id`; no options take an earlier one back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vote {
    pub(super) id: String,
    pub(super) options: Vec<String>,
}

/// A new text for the message `id`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edit {
    pub(super) id: String,
    pub(super) text: String,
}

/// Deletion of the message `id` for everybody.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Revoke {
    pub(super) id: String,
}

/// A reaction to the message `id`; an empty emoji takes it back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reaction {
    pub(super) id: String,
    pub(super) emoji: String,
}
