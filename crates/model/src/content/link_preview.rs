//! Previews of links.

use serde::{Deserialize, Serialize};

use super::shorten;
use crate::bounds;

/// The words by which the sender's phone described a link of a text. Nobody has checked that the page at the link
/// says this, and this server never asks it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkPreview {
    /// The link as the text has it (WhatsApp's `matchedText`).
    pub link: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

impl LinkPreview {
    pub(super) fn shorten(&mut self) -> bool {
        // Half an address leads elsewhere.
        let is_long = self.link.chars().nth(bounds::LINK).is_some();
        if is_long {
            self.link.clear();
        }
        is_long
            | shorten(&mut self.title, bounds::LINK_TITLE)
            | shorten(&mut self.description, bounds::LINK_DESCRIPTION)
    }
}
