//! The lines that are printed once the server is ready. People read it, and so do tools and tests.

use std::io::{self, Write as _};
use std::net::SocketAddr;

use app::auth::setup::SetupCode;
use store::Store;

use crate::config::Config;
use crate::middleware::guard::{CODE, SET_UP};

/// Prints the address, alone on its line, and while there is no user the link that the first administrator
/// is created with. Whoever has stopped reading misses it, and nothing more.
pub(crate) async fn ready(store: &Store, config: &Config, address: SocketAddr, setup: &SetupCode) {
    let mut lines = format!("Pronto: http://{address}\n");
    match store.accounts().any().await {
        Ok(true) => {}
        Ok(false) => lines += &format!("Primeiro acesso: {}\n", link(config, address, setup)),
        Err(error) => tracing::error!(%error, "whether there is a user could not be read"),
    }
    let _ = io::stdout().lock().write_all(lines.as_bytes());
}

fn link(config: &Config, address: SocketAddr, setup: &SetupCode) -> String {
    let base = match &config.public_url {
        Some(public) => public.clone(),
        // A browser opens no address that stands for all.
        None if address.ip().is_unspecified() => format!("http://localhost:{}", address.port()),
        None => format!("http://{address}"),
    };
    format!("{base}{SET_UP}?{CODE}={}", setup.shown())
}
