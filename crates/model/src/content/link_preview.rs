//! Previews of links.

use serde::{Deserialize, Serialize};

use super::shorten;
use crate::bounds;

/// The words by which a link of a text is described. Those of a received text were written by its sender's phone:
/// nobody has checked that the page at the link says this, and this server never asks it. Those of a text that is
/// written here are the page's (`service::link_previews`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkPreview {
    /// The link as the text has it (WhatsApp's `matchedText`).
    pub link: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// The preview of a link, for the person who is writing the text with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkCard {
    /// The link as the text has it.
    pub link: String,
    /// The host that it leads to.
    pub host: String,
    /// Words in one line.
    pub title: String,
    /// Words in one line; empty if the page has none.
    pub description: String,
    /// A small JPEG.
    pub picture: Option<Vec<u8>>,
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
