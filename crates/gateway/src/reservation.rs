//! Bytes of the disk that are reserved for downloads in progress.
//!
//! A reservation ends with the last writer of its file: the library goes on writing for a while
//! after the caller has gone. It shrinks as bytes are written, since the disk itself shows those.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The total of bytes that are reserved and not written yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reservations(Arc<AtomicU64>);

impl Reservations {
    pub(crate) fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Reserves bytes for one file.
    pub(crate) fn reserve(&self, bytes: u64) -> Reservation {
        self.0.fetch_add(bytes, Ordering::Relaxed);
        Reservation { bytes, left: AtomicU64::new(bytes), all: self.clone() }
    }
}

/// Bytes of the disk that belong to one file, until it is dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    bytes: u64,
    left: AtomicU64,
    all: Reservations,
}

impl Reservation {
    /// Returns the most that the file may take.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Sets the bytes that the file takes by now.
    pub(crate) fn set_written(&self, length: u64) {
        let left = self.bytes.saturating_sub(length);
        let before = self.left.swap(left, Ordering::Relaxed);
        if left > before {
            self.all.0.fetch_add(left - before, Ordering::Relaxed);
        } else {
            self.all.0.fetch_sub(before - left, Ordering::Relaxed);
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.all.0.fetch_sub(self.left.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_bytes_are_not_reserved_any_more() {
        let reservations = Reservations::default();
        let (first, second) = (reservations.reserve(10), reservations.reserve(5));
        assert_eq!(reservations.total(), 15);
        first.set_written(4);
        assert_eq!(reservations.total(), 11);
        first.set_written(0);
        assert_eq!(reservations.total(), 15);
        first.set_written(10);
        drop(first);
        assert_eq!(reservations.total(), 5);
        drop(second);
        assert_eq!(reservations.total(), 0);
    }
}
