//! The file of a message: a picture, a voice message, a document.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::MessageId;

/// The file of a message, as a page shows it. What is in it is at [`Self::address`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// What it is called where it is a file to download: what its sender called it, made harmless and
    /// with the ending of its type.
    pub name: Option<String>,
    pub view: MediaView,
    /// Bytes, as its sender said.
    pub size: u64,
    /// Width and height in pixels, as its sender said: the room that a page keeps for it.
    pub shape: Option<(u32, u32)>,
    /// A small picture of it came with the message: [`Self::preview_address`].
    pub preview: bool,
    pub state: MediaState,
}

impl Media {
    /// Where browsers find the file of a message, once it is [`MediaState::Stored`].
    pub fn address(message: MessageId) -> String {
        format!("/midia/{message}")
    }

    /// Where browsers find its small picture meanwhile.
    pub fn preview_address(message: MessageId) -> String {
        Self::address(message) + "/previa"
    }
}

/// How a page shows a file that is here. The server decides, by what browsers can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaView {
    Picture,
    Video,
    Audio,
    /// By its name, to download.
    File,
}

/// Whether the file is here. WhatsApp keeps files apart from messages, for some weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaState {
    /// It is being fetched from WhatsApp, or will be.
    Awaited {
        /// How often that failed.
        tries: u32,
        /// When it is tried again, if it failed.
        next_at: Option<DateTime<Utc>>,
    },
    Stored,
    /// WhatsApp does not have it any more, and neither has the phone that sent it.
    Gone,
    /// It was tried so often that it is not any more, or its host sent us elsewhere.
    GivenUp,
    /// Its message says that it lies elsewhere than with WhatsApp: it is never asked for.
    Refused,
    /// It is larger than what is kept of one file, or than its sender said.
    TooLarge,
    /// It was here, and was removed to make room for others.
    Evicted,
}
