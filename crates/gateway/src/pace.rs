//! The time that the QRs of a pairing last, which tests shorten.
//!
//! The library counts it by itself, as WhatsApp Web does, and has no option for it. But it sleeps by
//! the runtime it is given, and that is this one.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use whatsapp_rust::wacore::runtime::AbortHandle;
use whatsapp_rust::{Runtime, TokioRuntime};

/// How long the library shows the first QR of a round, and each of the others (`pair.rs` of
/// whatsapp-rust 0.7, after `WAWebHandlePairDevice`).
const FIRST_QR: Duration = Duration::from_secs(60);
const NEXT_QR: Duration = Duration::from_secs(20);

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Tokio, except that QRs run out `pace` times as fast.
pub(crate) struct Paced {
    pace: u32,
    /// A QR ran out just now. The library shows the next one before it does anything else, so the
    /// next 20 s belong to that. All others are its patience with the handshake or with a ping.
    ran_out: Arc<AtomicBool>,
}

impl Paced {
    pub(crate) fn new(pace: u32) -> Self {
        Self { pace, ran_out: Arc::default() }
    }

    /// Returns true if this is the time of a QR.
    fn is_qr(&self, duration: Duration) -> bool {
        duration == FIRST_QR || duration == NEXT_QR && self.ran_out.swap(false, Ordering::Relaxed)
    }
}

impl Runtime for Paced {
    fn spawn(&self, task: Task) -> AbortHandle {
        TokioRuntime.spawn(task)
    }

    fn spawn_detached(&self, task: Task) {
        TokioRuntime.spawn_detached(task);
    }

    fn sleep(&self, duration: Duration) -> Task {
        if self.pace == 1 || !self.is_qr(duration) {
            return TokioRuntime.sleep(duration);
        }
        let (sleep, ran_out) =
            (TokioRuntime.sleep(duration / self.pace), Arc::clone(&self.ran_out));
        Box::pin(async move {
            sleep.await;
            ran_out.store(true, Ordering::Relaxed);
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
    async fn only_qrs_run_out_faster() {
        let paced = Paced::new(2_000);
        assert!(!paced.is_qr(NEXT_QR), "the handshake's 20 s come before the first QR");
        paced.sleep(FIRST_QR).await;
        paced.sleep(NEXT_QR).await;
        assert!(paced.is_qr(NEXT_QR), "the third follows the second");
        assert!(!paced.is_qr(NEXT_QR), "it was scanned, and the next 20 s are a handshake's");
        assert!(!paced.is_qr(Duration::from_secs(30)));
    }
}
