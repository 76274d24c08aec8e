//! What the pool is told at start.

use std::path::PathBuf;
use std::time::Duration;

/// Configuration of the [`crate::Pool`].
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder that holds one folder of credentials a connection (`data/sessions`).
    pub sessions_dir: PathBuf,
    /// Folder for the files that come with messages (`data/media`), on the same disk.
    pub media_dir: PathBuf,
    /// WhatsApp's socket, when it is not WhatsApp's own: the emulator's `ws://127.0.0.1:…/ws/chat`.
    pub ws_url: Option<String>,
    /// Bytes of that folder's disk that have to stay free: with less, nothing is taken from WhatsApp.
    pub disk_reserve: u64,
    /// What files may take of that disk.
    pub media: MediaLimits,
    /// How long a message may wait for its number to be connected, before it is given up.
    pub queue_for: Duration,
    /// How many times as fast as WhatsApp's own the codes of a pairing run out; 1 outside of tests.
    pub pairing_pace: u32,
    /// The WhatsApp Web version to present, instead of asking WhatsApp for the newest.
    pub version: Option<(u32, u32, u32)>,
}

/// What the files that come with messages may take of the disk, in bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct MediaLimits {
    /// What has to stay free beyond [`Config::disk_reserve`] for a file to be fetched: files stop long
    /// before numbers pause.
    pub reserve: u64,
    /// For what one number has received; no limit if `None`.
    pub per_number: Option<u64>,
    /// For what one number has received from one person; no limit if `None`.
    pub per_sender: Option<u64>,
}
