//! The breaker that spares writers the wait during an outage.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::Error;

/// Set while only the probe tries to write. With a transaction each, every session would wait for
/// the lock or the server in turn, and so would people.
#[derive(Debug, Default)]
pub(crate) struct Breaker(AtomicBool);

impl Breaker {
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.0.load(Ordering::Acquire) {
            true => Err(Error::Outage),
            false => Ok(()),
        }
    }

    /// Stores the result of the probe.
    pub(crate) fn set(&self, outage: bool) {
        self.0.store(outage, Ordering::Release);
    }
}
