//! The file of a message: a picture, a voice message, a document.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use crate::MessageId;

/// The file of a message, as a page shows it. Its content is at [`Self::address`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// The name of a download: the one that its sender gave, sanitised and with the extension of
    /// its type.
    pub name: Option<String>,
    pub view: MediaView,
    /// Length in bytes, as stated by its sender or, of a file that was sent from here, as measured.
    pub size: u64,
    /// Width and height in pixels, of the same origin. A page reserves this space.
    pub shape: Option<(u32, u32)>,
    /// A preview came with the message, at [`Self::preview_address`].
    pub preview: bool,
    /// Length of a recording or film in seconds, of the same origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// The count of the pages of a document; empty if it is unknown. Before it leaves the server it becomes
    /// words in the language of the reader, which begin the line about the file: `12 páginas · `.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pages: String,
    /// Set for a voice note: its waveform, up to [`WAVEFORM`](crate::bounds::WAVEFORM) bytes of 0 to
    /// 100 in lowercase hexadecimal; empty if it is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// It is a received voice note that nobody has played who may write in its chat.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unplayed: bool,
    /// The id of the album that a picture or a video is part of. A script shows neighbours of one album as a
    /// grid (`browser/later/albums.js`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    pub state: MediaState,
}

impl Media {
    /// Returns the address of the file of a message, for once it is [`MediaState::Stored`].
    pub fn address(message: MessageId) -> String {
        format!("/midia/{message}")
    }

    /// Returns the address of its preview.
    pub fn preview_address(message: MessageId) -> String {
        Self::address(message) + "/previa"
    }
}

/// The way in which a page shows a stored file. The server decides it by what browsers can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaView {
    Picture,
    Video,
    Audio,
    /// Shown by its name, to download.
    File,
}

/// The state of a file on this server. WhatsApp keeps files apart from messages, for some weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MediaState {
    /// It is being downloaded from WhatsApp, or will be.
    Awaited {
        /// Number of failed attempts.
        tries: u32,
        /// Time of the next attempt, after a failure.
        #[serde(default, with = "crate::time::option")]
        next_at: Option<DateTime<Utc>>,
    },
    Stored,
    /// Neither WhatsApp nor the phone that sent it has it any more.
    Gone,
    /// It was given up after too many attempts, or because its host redirected.
    GivenUp,
    /// Its message states an address that is not of WhatsApp, so it is never downloaded.
    Refused,
    /// It is larger than the limit of one file, or than its sender stated.
    TooLarge,
    /// It was stored, and was removed to make room for others.
    Evicted,
    /// It is being sent from a browser to this server; or its message has failed, since the file never came
    /// here completely.
    Uploading,
    /// Its recipient may open it once, on the phone. Nobody opens it here, and once WhatsApp has it, it is
    /// not here any more. No row of the database has this state.
    ViewOnce,
}

impl MediaState {
    /// Returns the state in which pages show a file. One that can be opened once has the same state before
    /// and after it was sent.
    pub fn shown(self, view_once: bool) -> Self {
        match self {
            Self::Uploading => self,
            _ if view_once => Self::ViewOnce,
            _ => self,
        }
    }
}
