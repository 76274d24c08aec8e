//! Logs: one line an event, with `connection_id` and `user_id` where they apply. Message bodies,
//! QRs, codes and credentials are never logged.

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// Our own crates speak; libraries only warn. The WhatsApp library writes pairing codes at `info`,
/// one more reason not to turn it up outside a test.
const DEFAULT: &str = "warn,server=info,app=info,gateway=info,store=info";

/// Starts logging to standard error. `RUST_LOG` overrides what is logged.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => logs.with_target(false).init(),
        LogFormat::Json => logs.json().flatten_event(true).init(),
    }
}
