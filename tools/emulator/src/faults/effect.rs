//! The effects of armed faults on messages and files.

use std::time::Duration;

use axum::http::StatusCode;

/// The effect of faults on a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DownloadEffect {
    Serve,
    Refuse(StatusCode),
    Redirect(String),
    /// Only the first half.
    Truncate,
    /// One bit is wrong.
    Corrupt,
    /// The file takes this long.
    Slow(Duration),
    /// The connection breaks in the middle.
    Break,
}

/// The effect of faults on an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UploadEffect {
    Accept,
    Refuse(StatusCode),
    /// The upload takes this much longer.
    Slow(Duration),
    /// The upload ends in the middle.
    Break,
}

/// The effect of faults on a message to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageEffect {
    Deliver,
    Drop,
    Duplicate,
    Corrupt,
    /// The message arrives this much later.
    Delay(Duration),
    /// The message arrives after the next one.
    Overtaken,
}
