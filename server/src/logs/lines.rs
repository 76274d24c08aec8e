//! How an event is written.

use std::fmt::{self, Write as _};

use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_log::NormalizeEvent as _;
use tracing_subscriber::fmt::format::{Format, Full, Json, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::{clean, is_ours};

/// Writes our own events as they are but for addresses, and of those of libraries what [`clean::prose`]
/// leaves.
pub(super) enum Lines {
    Text { format: Format<Full>, is_terminal: bool },
    Json(Format<Json>),
}

impl Lines {
    pub(super) fn text(is_terminal: bool) -> Self {
        let format = Format::default().with_target(false).with_ansi(is_terminal);
        Self::Text { format, is_terminal }
    }

    pub(super) fn json() -> Self {
        Self::Json(Format::default().json().flatten_event(true).with_ansi(false))
    }
}

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        // An event that comes through the `log` crate keeps its own target beside its fields.
        let logged = event.normalized_metadata();
        let about = logged.as_ref().unwrap_or_else(|| event.metadata());
        if is_ours(about.target()) {
            let mut line = String::new();
            match self {
                Self::Text { format, .. } => {
                    format.format_event(context, Writer::new(&mut line), event)?;
                }
                Self::Json(format) => {
                    format.format_event(context, Writer::new(&mut line), event)?;
                }
            }
            let colours = matches!(self, Self::Text { is_terminal: true, .. });
            return writeln!(writer, "{}", clean::line(line.trim_end_matches('\n'), colours));
        }
        let mut said = Said::default();
        event.record(&mut said);
        let said = clean::prose(&said.0);
        let mut at = String::new();
        SystemTime.format_time(&mut Writer::new(&mut at))?;
        let (level, target) = (about.level(), clean::prose(about.target()));
        match self {
            Self::Text { .. } => writeln!(writer, "{at} {level:>5} {target}: {said}"),
            Self::Json(_) => {
                let level = level.to_string();
                let line =
                    json!({ "timestamp": at, "level": level, "target": target, "message": said });
                writeln!(writer, "{line}")
            }
        }
    }
}

/// The message of an event and its other fields, one after the other.
#[derive(Default)]
struct Said(String);

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Where the `log` crate was called, which the target says already.
        if field.name().starts_with("log.") {
            return;
        }
        let space = if self.0.is_empty() { "" } else { " " };
        // Writing into a string does not fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{space}{value:?}"),
            name => write!(self.0, "{space}{name}={value:?}"),
        };
    }
}
