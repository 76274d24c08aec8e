//! Waiting for something to become so.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

use crate::interrupt;

/// How often is looked.
const EVERY: Duration = Duration::from_millis(10);

/// Longest time anything may take before the bench gives up.
const PATIENCE: Duration = Duration::from_secs(120);

/// Looks again and again until `look` finds what it looks for.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if Instant::now() >= deadline {
            bail!("waited {} s for {what}", PATIENCE.as_secs());
        }
        pause(EVERY)?;
    }
}

/// Lets time pass, in which something is measured or comes to rest.
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
