//! Waits for a condition.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::interrupt;

/// Interval between two checks.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Longest wait before the command fails.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Calls `check` until it returns a value.
pub(crate) fn until<T>(what: &str, mut check: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        if let Some(found) = check()? {
            return Ok(found);
        }
        if Instant::now() >= deadline {
            bail!("waited {} s for {what}", TIMEOUT.as_secs());
        }
        pause(POLL_INTERVAL)?;
    }
}

/// Sleeps for `time`; fails when the command is interrupted.
pub(crate) fn pause(time: Duration) -> Result<()> {
    const SLICE: Duration = Duration::from_millis(200);
    let end = Instant::now() + time;
    loop {
        interrupt::check()?;
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        thread::sleep(left.min(SLICE));
    }
}
