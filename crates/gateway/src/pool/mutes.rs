//! The end of mutes of chats.

use std::time::Duration;

use super::Pool;

/// Pause between two looks for mutes of which the time is over.
const LOOK_EVERY: Duration = Duration::from_secs(5);

impl Pool {
    /// Starts the task that ends mutes of which the time is over, so that pages, which know no time of a mute,
    /// learn it. The phones end them by themselves.
    pub(super) fn end_mutes_always(&self) {
        let store = self.0.shared.store.clone();
        self.do_every(LOOK_EVERY, move || {
            let store = store.clone();
            async move {
                if let Err(error) = store.end_mutes().await {
                    tracing::error!(%error, "mutes could not be ended");
                }
            }
        });
    }
}
