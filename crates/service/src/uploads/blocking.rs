//! Work that blocks on the disk or the processor.

use std::io;

/// Runs work that blocks on the disk. It goes on when the caller is gone, with everything that was
/// moved into it.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        // It panicked, or the runtime is shutting down.
        Err(error) => Err(io::Error::other(error)),
    }
}
