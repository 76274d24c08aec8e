//! Messages whose content is missing.

use serde::{Deserialize, Serialize};

use crate::MessageKind;

/// The reason why the content of a message is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// It could not be decrypted, and was requested again.
    Undecryptable,
    /// It stays on the phone.
    OnPhone,
}

impl Missing {
    pub(super) fn kind(self) -> MessageKind {
        match self {
            Self::Undecryptable => MessageKind::Undecryptable,
            Self::OnPhone => MessageKind::OnPhone,
        }
    }
}
