//! Files of messages: what a message says about its file, and what opens it.
//!
//! * [`attachment`]: reading that out of a message, and opening the file
//! * [`compose`]: writing it into one
//! * [`reupload`]: a companion asks for a file that is gone from the media servers

mod attachment;
mod compose;
mod reupload;

use serde::{Deserialize, Serialize};
use wacore::download::MediaType;

pub use attachment::Attachment;
pub use compose::{NewMedia, Uploaded};
pub use reupload::ReuploadAnswer;

/// What a user sends, as the phone's buttons have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    Image,
    Video,
    /// An audio file.
    Audio,
    /// A voice message, recorded in the chat (`ptt`).
    Voice,
    Document,
    Sticker,
}

impl MediaKind {
    /// What its keys are derived for, and where it is uploaded to.
    pub fn media_type(self) -> MediaType {
        match self {
            Self::Image => MediaType::Image,
            Self::Video => MediaType::Video,
            Self::Audio | Self::Voice => MediaType::Audio,
            Self::Document => MediaType::Document,
            Self::Sticker => MediaType::Sticker,
        }
    }
}
