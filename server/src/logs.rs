//! Logs: one line per event, with `connection_id` and `user_id` where they apply. Message bodies,
//! QRs, codes and credentials are never logged at any `RUST_LOG` setting.
//!
//! * [`LIBRARIES`]: libraries log the data that passes through them, so only their warnings and
//!   errors are kept.
//! * [`ours`]: the crates of this project, whose events are kept.
//! * [`redact`]: removes secrets from the lines that remain.
//! * [`lines`]: formats a line as text or as JSON.

mod lines;
mod ours;
mod redact;

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
use lines::LineFormat;
use ours::is_ours;

/// Default filter: `info` for the crates of this project, warnings for libraries, and only errors
/// for those of sessions, which would log a line for each request with a made-up cookie.
const DEFAULT: &str = "warn,tower_sessions=error,tower_sessions_core=error,\
                       server=info,app=info,gateway=info,store=info";

/// The most verbose level of any other crate. Below it whatsapp-rust logs pairing codes (`info`)
/// and whole stanzas with tokens and keys, tower-sessions session ids, sqlx statements, and ureq,
/// hyper and tungstenite the transferred data.
const LIBRARIES: LevelFilter = LevelFilter::WARN;

/// Starts logging to standard error. `RUST_LOG`, unless it is empty, replaces the filter of this
/// project's crates; it may silence libraries, but not make them more verbose.
///
/// # Errors
/// Fails if `RUST_LOG` is not a valid filter.
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
            .event_format(LineFormat::text(is_terminal))
            .with_writer(io::stderr)
            .boxed(),
        LogFormat::Json => fmt::layer()
            .with_ansi(false)
            .fmt_fields(JsonFields::new())
            .event_format(LineFormat::json())
            .with_writer(io::stderr)
            .boxed(),
    };
    tracing_subscriber::registry().with(wanted).with(allowed).with(lines).init();
    std::panic::set_hook(Box::new(panicked));
    Ok(())
}

/// Logs the place of a panic. A formatted message is left out, because it may contain data: slicing
/// a text inside a character, for one, panics with the text.
fn panicked(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let why = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("(withheld)");
    let trace = Backtrace::capture();
    match trace.status() {
        BacktraceStatus::Captured => tracing::error!(place, why, %trace, "panicked"),
        _ => tracing::error!(place, why, "panicked"),
    }
}
