//! How an emulator is started.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Where the emulator listens and what it remembers.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address of the one port that serves both the control API and `/ws/chat`.
    /// Port 0 takes any free one.
    pub listen: SocketAddr,
    /// Directory in which phones, devices, keys and undelivered stanzas outlive a restart.
    pub state: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), state: None }
    }
}
