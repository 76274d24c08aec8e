//! Configuration of an emulator.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Listening addresses and the state directory.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address of the one port that serves both the control API and `/ws/chat`.
    /// Port 0 takes any free one.
    pub listen: SocketAddr,
    /// Address that serves the same with TLS, under a self-signed certificate. Clients upload and
    /// download media there. Port 0 takes any free one.
    pub tls_listen: SocketAddr,
    /// Directory in which phones, devices, groups, keys and undelivered stanzas survive a restart.
    /// Media does not: the server and the phones hold it in memory only.
    pub state: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { listen: any_port, tls_listen: any_port, state: None }
    }
}
