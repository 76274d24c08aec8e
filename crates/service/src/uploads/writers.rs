//! One writer for each file, and few examinations at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::MessageId;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::refusals::refused;

/// Contents that are examined at a time, in the whole process. Of these, one picture is decoded at a
/// time (`inspect`).
const EXAMINATIONS: usize = 2;

/// The files that requests are writing now.
#[derive(Debug)]
pub(crate) struct Uploads {
    writers: Mutex<HashMap<MessageId, Writer>>,
    examinations: Semaphore,
}

#[derive(Debug, Clone)]
struct Writer {
    /// Cancelled to end it.
    stop: CancellationToken,
    /// Cancelled when it has ended.
    ended: CancellationToken,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { writers: Mutex::default(), examinations: Semaphore::new(EXAMINATIONS) }
    }
}

impl Uploads {
    /// Takes a file; `None` while another request has it.
    pub(super) fn begin(self: &Arc<Self>, message: MessageId) -> Option<Writing> {
        let mut writers = self.writers();
        if writers.contains_key(&message) {
            return None;
        }
        let writer = Writer { stop: CancellationToken::new(), ended: CancellationToken::new() };
        writers.insert(message, writer.clone());
        Some(Writing { uploads: Arc::clone(self), message, writer })
    }

    /// Takes a file from the request that has it, once that has stopped. One that is completing the
    /// file is waited for.
    pub(super) async fn interrupt(self: &Arc<Self>, message: MessageId) -> Writing {
        loop {
            if let Some(writing) = self.begin(message) {
                return writing;
            }
            let other = self.writers().get(&message).cloned();
            if let Some(other) = other {
                other.stop.cancel();
                other.ended.cancelled().await;
            }
        }
    }

    /// Runs work on a content that somebody made, beside few others. `None` if it panicked: a content
    /// that a decoder cannot bear costs its own result and nothing else.
    ///
    /// # Errors
    /// [`store::Error::Stopping`] if the process is.
    pub(super) async fn contained<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Option<T>, store::Error> {
        let _permit = self.examinations.acquire().await.map_err(|_| store::Error::Stopping)?;
        match tokio::task::spawn_blocking(work).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is_panic() => {
                refused("upload-panic");
                tracing::error!("a file could not be examined: its decoder panicked");
                Ok(None)
            }
            Err(_) => Err(store::Error::Stopping),
        }
    }

    fn writers(&self) -> MutexGuard<'_, HashMap<MessageId, Writer>> {
        // A panic while the lock was held leaves the map consistent: every change to it is one call.
        self.writers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to write a file, until it is dropped.
#[derive(Debug)]
pub(super) struct Writing {
    uploads: Arc<Uploads>,
    message: MessageId,
    writer: Writer,
}

impl Writing {
    /// Cancelled when another request takes the file.
    pub(super) fn stop(&self) -> &CancellationToken {
        &self.writer.stop
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.uploads.writers().remove(&self.message);
        self.writer.ended.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_has_one_writer_until_that_is_gone() {
        let uploads = Arc::new(Uploads::default());
        let first = uploads.begin(MessageId(1)).expect("nobody has it");
        assert!(uploads.begin(MessageId(1)).is_none());
        let other = uploads.begin(MessageId(2)).expect("another file");
        drop(first);
        assert!(uploads.begin(MessageId(1)).is_some());
        drop(other);
        assert!(uploads.writers().is_empty(), "what has ended is forgotten");
    }

    #[tokio::test]
    async fn whoever_cancels_waits_for_the_writer_to_stop() {
        let uploads = Arc::new(Uploads::default());
        let first = uploads.begin(MessageId(1)).expect("nobody has it");
        let (stop, others) = (first.stop().clone(), Arc::clone(&uploads));
        let cancels = tokio::spawn(async move { others.interrupt(MessageId(1)).await });
        stop.cancelled().await;
        assert!(!cancels.is_finished(), "it still writes");
        drop(first);
        let taken = cancels.await.expect("it stopped");
        assert!(uploads.begin(MessageId(1)).is_none());
        drop(taken);
    }

    #[tokio::test]
    async fn a_content_that_no_decoder_bears_has_no_result() {
        let uploads = Uploads::default();
        let nothing = uploads.contained(|| -> u8 { panic!("a broken table") }).await;
        assert!(matches!(nothing, Ok(None)));
        assert!(matches!(uploads.contained(|| 7).await, Ok(Some(7))));
    }
}
