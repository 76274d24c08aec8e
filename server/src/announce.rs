//! The lines printed once the server is ready. People, tools and tests read them.

use std::io::{self, Write as _};
use std::net::SocketAddr;

use service::setup::SetupCode;
use store::Store;

use crate::config::Config;
use crate::middleware::guard::{CODE, SET_UP};

/// Prints the address, alone on its line, and, while there is no user, the link that creates the
/// first administrator. A closed standard output is ignored.
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
        // Browsers cannot open an unspecified address (0.0.0.0, ::).
        None if address.ip().is_unspecified() => format!("http://localhost:{}", address.port()),
        None => format!("http://{address}"),
    };
    format!("{base}{SET_UP}?{CODE}={}", setup.shown())
}
