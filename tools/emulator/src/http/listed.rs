//! A row of `GET /phones/{number}/messages`.

use serde::Serialize;

use crate::control::PhoneMessage;
use crate::phone::{MediaInfo, MediaProblem};

/// A message as the phone has it. The fields of its file are in `media` and also in the row, so that
/// programs can compare a file with the one they sent.
#[derive(Serialize)]
pub(super) struct ListedMessage {
    #[serde(flatten)]
    message: PhoneMessage,
    #[serde(flatten)]
    file: Option<ListedFile>,
    /// Seconds after which the message disappears; absent if it stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<u32>,
}

/// The file of a message.
#[derive(Serialize)]
struct ListedFile {
    /// Hash of the decrypted file, in hex; absent if the phone has no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// Bytes of the decrypted file; absent if the phone has no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    mime: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<String>,
    /// The reason why the phone has no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

impl From<PhoneMessage> for ListedMessage {
    fn from(message: PhoneMessage) -> Self {
        let file = message.media.as_ref().map(|media| listed(media, message.text.clone()));
        let expires_in = message.expiration;
        Self { message, file, expires_in }
    }
}

fn listed(media: &MediaInfo, caption: Option<String>) -> ListedFile {
    let is_there = media.problem.is_none();
    ListedFile {
        sha256: is_there.then(|| media.sha256.clone()),
        size: is_there.then_some(media.size),
        mime: media.mime.clone(),
        name: media.file_name.clone(),
        caption,
        error: media.problem.map(reason),
    }
}

fn reason(problem: MediaProblem) -> &'static str {
    match problem {
        MediaProblem::Missing => "the file is not on the media servers",
        MediaProblem::Damaged => "the file does not match its message, or its key does not open it",
    }
}
