//! Files of messages: their metadata and encryption.
//!
//! * [`attachment`]: metadata read from a message, and decryption of the file
//! * [`compose`]: composition of messages with a file
//! * [`reupload`]: requests of a companion for a file that is gone from the media servers

mod attachment;
mod compose;
mod reupload;

use serde::{Deserialize, Serialize};
use wacore::download::MediaType;

pub use attachment::Attachment;
pub use compose::{NewMedia, Uploaded};
pub use reupload::ReuploadAnswer;

/// Kinds of files, as the phone's buttons offer them.
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
    /// Its name in the control API.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Voice => "voice",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }

    /// The media type of its keys and of its upload path.
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
