//! What the pool is told at start.

use std::path::PathBuf;

/// Configuration of the [`crate::Pool`].
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder that holds one folder of credentials a connection (`data/sessions`).
    pub sessions_dir: PathBuf,
    /// WhatsApp's socket, when it is not WhatsApp's own: the emulator's `ws://127.0.0.1:…/ws/chat`.
    pub ws_url: Option<String>,
    /// The WhatsApp Web version to present, instead of asking WhatsApp for the newest.
    pub version: Option<(u32, u32, u32)>,
}
