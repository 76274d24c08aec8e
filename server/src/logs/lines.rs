//! Formats log events.

use std::fmt::{self, Write as _};

use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_log::NormalizeEvent as _;
use tracing_subscriber::fmt::format::{Format, Full, Json, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::{ours::is_ours, redact};

/// Writes events of this project without URL paths, and events of libraries as
/// [`redact::library_message`] returns them.
pub(super) enum LineFormat {
    Text { format: Format<Full>, is_terminal: bool },
    Json(Format<Json>),
}

impl LineFormat {
    pub(super) fn text(is_terminal: bool) -> Self {
        let format = Format::default().with_target(false).with_ansi(is_terminal);
        Self::Text { format, is_terminal }
    }

    pub(super) fn json() -> Self {
        Self::Json(Format::default().json().flatten_event(true).with_ansi(false))
    }
}

impl<S, N> FormatEvent<S, N> for LineFormat
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
        // An event from the `log` crate keeps its own target in its fields.
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
            return writeln!(writer, "{}", redact::line(line.trim_end_matches('\n'), colours));
        }
        let mut message = Fields::default();
        event.record(&mut message);
        let message = redact::library_message(&message.0);
        let mut at = String::new();
        SystemTime.format_time(&mut Writer::new(&mut at))?;
        let (level, target) = (about.level(), redact::library_message(about.target()));
        match self {
            Self::Text { .. } => writeln!(writer, "{at} {level:>5} {target}: {message}"),
            Self::Json(_) => {
                let level = level.to_string();
                let line = json!({ "timestamp": at, "level": level, "target": target, "message": message });
                writeln!(writer, "{line}")
            }
        }
    }
}

/// The message of an event and its other fields, joined.
#[derive(Default)]
struct Fields(String);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // The `log` crate adds its call site, which the target states already.
        if field.name().starts_with("log.") {
            return;
        }
        let space = if self.0.is_empty() { "" } else { " " };
        // Writing into a string cannot fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{space}{value:?}"),
            name => write!(self.0, "{space}{name}={value:?}"),
        };
    }
}
