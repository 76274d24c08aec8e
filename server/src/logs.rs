//! Logs: one line an event, with `connection_id` and `user_id` where they apply. Message bodies,
//! QRs, codes and credentials are never logged, whatever `RUST_LOG` says.
//!
//! * [`LIBRARIES`]: libraries print what passes through them, so they are never heard below a warning.
//! * [`clean`]: what is taken out of the lines that remain.
//! * [`lines`]: how a line is written, as text or as JSON.

mod clean;
mod lines;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, IsTerminal as _};
use std::panic::PanicHookInfo;

use anyhow::Context as _;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, filter, fmt};

use crate::config::LogFormat;
use lines::Lines;

/// Our own crates speak; libraries only warn, and those of sessions do not even that: a stranger with a
/// made-up cookie would have them write a line for each request.
const DEFAULT: &str = "warn,tower_sessions=error,tower_sessions_core=error,\
                       server=info,app=info,gateway=info,store=info";

/// The crates of this project: nothing that they log is a secret, at any level.
const OURS: &[&str] =
    &["server", "app", "gateway", "store", "phone", "text", "model", "migrations"];

/// The most that is heard of any other crate. Below it whatsapp-rust prints pairing codes (`info`) and
/// whole stanzas with tokens and keys, tower-sessions the ids of sessions, sqlx statements, ureq, hyper
/// and tungstenite what goes over the wire.
const LIBRARIES: LevelFilter = LevelFilter::WARN;

/// Starts logging to standard error. `RUST_LOG` overrides what is logged of our own crates, unless it is
/// empty, and may silence libraries, but not turn them up.
///
/// # Errors
/// `RUST_LOG` is no filter.
pub fn start(format: LogFormat) -> anyhow::Result<()> {
    let wanted = std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or_default();
    let wanted = match wanted.trim() {
        "" => EnvFilter::new(DEFAULT),
        wanted => EnvFilter::try_new(wanted).with_context(|| {
            format!("RUST_LOG não aceita {wanted:?}; escreva por exemplo RUST_LOG={DEFAULT}")
        })?,
    };
    let allowed = filter::filter_fn(|about| is_ours(about.target()) || *about.level() <= LIBRARIES);
    let is_terminal = io::stderr().is_terminal();
    let lines = match format {
        LogFormat::Text => fmt::layer()
            .with_ansi(is_terminal)
            .event_format(Lines::text(is_terminal))
            .with_writer(io::stderr)
            .boxed(),
        LogFormat::Json => fmt::layer()
            .with_ansi(false)
            .fmt_fields(JsonFields::new())
            .event_format(Lines::json())
            .with_writer(io::stderr)
            .boxed(),
    };
    tracing_subscriber::registry().with(wanted).with(allowed).with(lines).init();
    std::panic::set_hook(Box::new(panicked));
    Ok(())
}

/// Whether a target is a module of this project.
fn is_ours(target: &str) -> bool {
    let root = target.split_once("::").map_or(target, |(root, _)| root);
    OURS.contains(&root)
}

/// Logs where a panic was. A sentence with values in it is left out: cutting a text in the middle of a
/// letter, for one, panics with the text.
fn panicked(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let why = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("(withheld)");
    let trace = Backtrace::capture();
    match trace.status() {
        BacktraceStatus::Captured => tracing::error!(place, why, %trace, "panicked"),
        _ => tracing::error!(place, why, "panicked"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namesake_or_a_part_of_a_name_is_not_ours() {
        for ours in ["server", "store::ingest::messages", "app::error"] {
            assert!(is_ours(ours), "{ours}");
        }
        for other in ["storekeeper", "server_fn::x", "whatsapp_rust::store", "Client/App", ""] {
            assert!(!is_ours(other), "{other}");
        }
    }
}
