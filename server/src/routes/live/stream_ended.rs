//! The end of a stream.

/// The stream has ended: logged out, no longer a user, or the browser went away. A watcher that ends
/// with it ends all streams of its user.
pub(super) struct StreamEnded;

impl From<store::Error> for StreamEnded {
    fn from(error: store::Error) -> Self {
        // The browser reconnects by itself, and then gets what it missed.
        if !matches!(error, store::Error::NotFound) {
            tracing::error!(%error, "a live stream could not go on");
        }
        Self
    }
}
