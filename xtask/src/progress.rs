//! Progress messages for the person at the terminal.

use std::{
    fmt::Display,
    time::{Duration, Instant},
};

/// Announces numbered steps on stderr.
pub(crate) struct Progress {
    total: usize,
    current: usize,
    started: Instant,
}

impl Progress {
    pub(crate) fn new(total: usize) -> Self {
        Self { total, current: 0, started: Instant::now() }
    }

    /// Announces the next step.
    pub(crate) fn step(&mut self, what: impl Display) {
        self.current += 1;
        eprintln!("[{}/{}] {what} ({})", self.current, self.total, self.elapsed());
    }

    /// Prints a detail of the current step.
    pub(crate) fn note(&self, text: impl Display) {
        eprintln!("      {text}");
    }

    /// Time since the command started, formatted for a person.
    pub(crate) fn elapsed(&self) -> String {
        format_duration(self.started.elapsed())
    }
}

fn format_duration(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f32()),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}
