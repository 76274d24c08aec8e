//! A text as it is sent, with the people whom it mentions.

use serde::{Deserialize, Serialize};

use crate::ContactId;

/// A text to be sent, or the new text of an edited message. A `&str` or a `String` is one without mentions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewText {
    pub text: String,
    /// The people whom it mentions, at most [`crate::bounds::MENTIONS`]. One whose `@name` is not in the
    /// text any more is left out.
    #[serde(default)]
    pub mentions: Vec<Mention>,
}

/// A person whom a text mentions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    pub contact: ContactId,
    /// Their name as it stands in the text, after an `@`.
    pub name: String,
}

impl From<String> for NewText {
    fn from(text: String) -> Self {
        Self { text, mentions: Vec::new() }
    }
}

impl From<&String> for NewText {
    fn from(text: &String) -> Self {
        Self::from(text.clone())
    }
}

impl From<&str> for NewText {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}
