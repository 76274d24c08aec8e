//! Bytes of the disk that are held for files under way.
//!
//! A promise ends with whoever writes the file last: the library goes on writing for a while after nobody
//! waits for the file any more. It shrinks as the bytes are written, which the disk itself shows from then
//! on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// All that is promised and not written yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Promises(Arc<AtomicU64>);

impl Promises {
    pub(crate) fn total(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn make(&self, bytes: u64) -> Promise {
        self.0.fetch_add(bytes, Ordering::Relaxed);
        Promise { bytes, left: AtomicU64::new(bytes), all: self.clone() }
    }
}

/// Bytes of the disk that are one file's, until it is dropped.
#[derive(Debug)]
pub(crate) struct Promise {
    bytes: u64,
    left: AtomicU64,
    all: Promises,
}

impl Promise {
    /// The most that its file may take.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Its file takes so many bytes by now.
    pub(crate) fn is_at(&self, length: u64) {
        let left = self.bytes.saturating_sub(length);
        let before = self.left.swap(left, Ordering::Relaxed);
        if left > before {
            self.all.0.fetch_add(left - before, Ordering::Relaxed);
        } else {
            self.all.0.fetch_sub(before - left, Ordering::Relaxed);
        }
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        self.all.0.fetch_sub(self.left.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_not_promised_any_more() {
        let promises = Promises::default();
        let (first, second) = (promises.make(10), promises.make(5));
        assert_eq!(promises.total(), 15);
        first.is_at(4);
        assert_eq!(promises.total(), 11);
        first.is_at(0);
        assert_eq!(promises.total(), 15);
        first.is_at(10);
        drop(first);
        assert_eq!(promises.total(), 5);
        drop(second);
        assert_eq!(promises.total(), 0);
    }
}
