//! Calls that ring at the numbers.

use std::time::Duration;

use store::{Grant, Write};
use tokio::sync::oneshot;

use super::Pool;
use crate::session::Command;

/// A call rings for a minute or so. One that rings for longer has ended without a word.
const LONGEST: Duration = Duration::from_secs(120);
/// Interval between two checks for such calls.
const CHECK: Duration = Duration::from_secs(30);
/// Time that a session may take for a rejection; it may be busy with a backlog.
const TIMEOUT: Duration = Duration::from_secs(10);

impl Pool {
    /// Rejects a call that rings, by WhatsApp's id of it. Returns false if it does not ring any more, or
    /// the number is not connected.
    pub async fn reject_call(&self, grant: &Grant<Write>, call: &str) -> bool {
        let Some(handle) = self.handle(grant.connection()) else { return false };
        let (done, rejected) = oneshot::channel();
        let command = Command::RejectCall { call: call.to_owned(), done };
        if handle.commands.send(command).await.is_err() {
            return false;
        }
        matches!(tokio::time::timeout(TIMEOUT, rejected).await, Ok(Ok(true)))
    }

    /// Ends the calls that rang when the process stopped, of which nobody knows the end, and starts the task
    /// that ends those of which nothing is heard any more.
    ///
    /// # Errors
    /// The database fails.
    pub(super) async fn end_calls_always(&self) -> Result<(), store::Error> {
        let store = self.0.shared.store.clone();
        store.end_ringing_calls(Duration::ZERO).await?;
        self.do_every(CHECK, move || {
            let store = store.clone();
            async move {
                if let Err(error) = store.end_ringing_calls(LONGEST).await {
                    tracing::error!(%error, "calls that ring could not be looked at");
                }
            }
        });
        Ok(())
    }
}
