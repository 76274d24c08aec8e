//! A runtime that shortens the lifetime of pairing QRs in tests.
//!
//! The library counts that time itself, as WhatsApp Web does, and has no option for it. But it
//! sleeps through the runtime it is given, which is this one.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use whatsapp_rust::wacore::runtime::AbortHandle;
use whatsapp_rust::{Runtime, TokioRuntime};

/// Lifetimes of the first QR of a round and of each of the others (`pair.rs` of whatsapp-rust 0.7,
/// after `WAWebHandlePairDevice`).
const FIRST_QR: Duration = Duration::from_secs(60);
const NEXT_QR: Duration = Duration::from_secs(20);

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The Tokio runtime, except that QRs expire `rate` times as fast.
pub(crate) struct PairingRuntime {
    rate: u32,
    /// A QR has just expired. The library shows the next one before anything else, so the next
    /// sleep of 20 s belongs to that QR. All other sleeps of 20 s are timeouts of the handshake or
    /// of a ping.
    expired: Arc<AtomicBool>,
}

impl PairingRuntime {
    pub(crate) fn new(rate: u32) -> Self {
        Self { rate, expired: Arc::default() }
    }

    /// Returns true if a sleep of this duration is the lifetime of a QR.
    fn is_qr(&self, duration: Duration) -> bool {
        duration == FIRST_QR || duration == NEXT_QR && self.expired.swap(false, Ordering::Relaxed)
    }
}

impl Runtime for PairingRuntime {
    fn spawn(&self, task: Task) -> AbortHandle {
        TokioRuntime.spawn(task)
    }

    fn spawn_detached(&self, task: Task) {
        TokioRuntime.spawn_detached(task);
    }

    fn sleep(&self, duration: Duration) -> Task {
        if self.rate == 1 || !self.is_qr(duration) {
            return TokioRuntime.sleep(duration);
        }
        let (sleep, expired) =
            (TokioRuntime.sleep(duration / self.rate), Arc::clone(&self.expired));
        Box::pin(async move {
            sleep.await;
            expired.store(true, Ordering::Relaxed);
        })
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send + 'static>) -> Task {
        TokioRuntime.spawn_blocking(work)
    }

    fn yield_now(&self) -> Option<Task> {
        TokioRuntime.yield_now()
    }

    fn yield_frequency(&self) -> u32 {
        TokioRuntime.yield_frequency()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_qrs_expire_faster() {
        let runtime = PairingRuntime::new(2_000);
        assert!(!runtime.is_qr(NEXT_QR), "the handshake's 20 s come before the first QR");
        runtime.sleep(FIRST_QR).await;
        runtime.sleep(NEXT_QR).await;
        assert!(runtime.is_qr(NEXT_QR), "the third follows the second");
        assert!(!runtime.is_qr(NEXT_QR), "it was scanned, and the next 20 s are a handshake's");
        assert!(!runtime.is_qr(Duration::from_secs(30)));
    }
}
