//! Configuration of the pool.

use std::path::PathBuf;
use std::time::Duration;

use crate::MediaStore;
use crate::pauses::Pauses;

/// Configuration of the [`crate::Pool`].
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder with one folder of keys per connection (`data/sessions`).
    pub sessions_dir: PathBuf,
    /// Place of the files of messages. Its local folder (`data/media`) is on the same disk.
    pub media_store: MediaStore,
    /// Address of the socket if it is not WhatsApp's own: the emulator's
    /// `ws://127.0.0.1:…/ws/chat`.
    pub ws_url: Option<String>,
    /// Bytes that have to stay free on that disk. With less, numbers pause.
    pub disk_reserve: u64,
    /// Limits for the files of messages.
    pub media: MediaLimits,
    /// Time that a message may wait for its number to be connected before it fails.
    pub queue_for: Duration,
    /// Factor by which the codes of a pairing expire faster than WhatsApp's own; 1 outside of
    /// tests.
    pub pairing_pace: u32,
    /// Pauses of the sessions; the default outside of tests.
    pub pauses: Pauses,
    /// The WhatsApp Web version to present, instead of the newest.
    pub version: Option<(u32, u32, u32)>,
}

/// Limits in bytes for the files of messages.
#[derive(Debug, Clone, Copy, Default)]
pub struct MediaLimits {
    /// Bytes that have to stay free beyond [`Config::disk_reserve`] for a file to be downloaded. So
    /// downloads stop long before numbers pause.
    pub reserve: u64,
    /// Limit for the received files of one number; none if `None`.
    pub per_number: Option<u64>,
    /// Limit for the files that one number received from one person; none if `None`.
    pub per_sender: Option<u64>,
}
