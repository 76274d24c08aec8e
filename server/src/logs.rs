//! Logs: one line an event, with `connection_id` and `user_id` where they apply. Message bodies,
//! QRs, codes and credentials are never logged.

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// Our own crates speak; libraries only warn. The WhatsApp library writes pairing codes at `info`,
/// one more reason not to turn it up outside a test.
const DEFAULT: &str = "warn,server=info,app=info,gateway=info,store=info";

/// Starts logging to standard error. `RUST_LOG` overrides what is logged, unless it is empty.
///
/// # Errors
/// `RUST_LOG` is no filter.
pub fn start(format: LogFormat) -> anyhow::Result<()> {
    let wanted = std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or_default();
    let filter = match wanted.trim() {
        "" => EnvFilter::new(DEFAULT),
        wanted => EnvFilter::try_new(wanted).with_context(|| {
            format!("RUST_LOG não aceita {wanted:?}; escreva por exemplo RUST_LOG={DEFAULT}")
        })?,
    };
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => logs.with_target(false).init(),
        LogFormat::Json => logs.json().flatten_event(true).init(),
    }
    Ok(())
}
