//! `whatsapp-emulator`: the emulator as a process of its own.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Parser;
use emulator::{Config, Emulator};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// A local WhatsApp server with simulated phones, for tests and demonstrations.
#[derive(Parser)]
#[command(name = "whatsapp-emulator", version)]
struct Arguments {
    /// Address to listen on; port 0 takes any free one
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Address for media, with TLS and a certificate signed by itself
    #[arg(long, default_value = "127.0.0.1:0")]
    tls_listen: SocketAddr,
    /// Directory in which phones, devices, groups and undelivered messages outlive a restart
    #[arg(long)]
    state: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let Arguments { listen, tls_listen, state } = Arguments::parse();
    let emulator = Emulator::start(Config { listen, tls_listen, state }).await?;
    tracing::info!(address = emulator.https_url(), "media");
    // Standard output is reserved for the address, which programs that start the emulator read.
    println!("{}", emulator.http_url());
    // Programs that start the emulator stop it with SIGTERM.
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminated.recv() => {}
    }
    emulator.stop().await
}
