//! The removal of messages of which the time is over, with their files.

use std::sync::Arc;
use std::time::Duration;

use store::DueMessage;

use super::Pool;
use crate::files::{Files, blocking};
use crate::session::Shared;

/// Pause between two looks for messages that are due. A timer has at least a day.
const LOOK_EVERY: Duration = Duration::from_secs(5);

impl Pool {
    /// Removes the messages of which the time is over. A server calls this before it serves: a restored
    /// backup may be older than they. Returns their count.
    ///
    /// # Errors
    /// The database fails.
    pub async fn remove_due(&self) -> Result<usize, store::Error> {
        remove_due(&self.0.shared).await
    }

    /// Starts the task that removes them from then on.
    pub(super) fn remove_due_always(&self) {
        let shared = Arc::clone(&self.0.shared);
        self.do_every(LOOK_EVERY, move || {
            let shared = Arc::clone(&shared);
            async move {
                if let Err(error) = remove_due(&shared).await {
                    tracing::error!(%error, "messages that are due could not be removed");
                }
            }
        });
    }
}

/// Removes due messages, round by round.
async fn remove_due(shared: &Shared) -> Result<usize, store::Error> {
    let mut count = 0;
    loop {
        let due = shared.store.due_messages().await?;
        if due.is_empty() {
            break;
        }
        // Files whose deletion fails keep their messages, which the next look finds again.
        let without_file = delete_files(shared.disk_room.files(), &due).await;
        let removed = shared.store.remove_due(&without_file).await?;
        // A download may have ended in between. From now on it finds no row for its file.
        delete_files(shared.disk_room.files(), &without_file).await;
        count += removed;
        if removed < due.len() {
            break;
        }
    }
    if count > 0 {
        tracing::info!(count, "messages disappeared, since their time is over");
    }
    Ok(count)
}

/// Deletes the files of messages. Returns the messages that have no file any more.
async fn delete_files(files: &Files, due: &[DueMessage]) -> Vec<DueMessage> {
    let (files, due) = (files.clone(), due.to_vec());
    let deleted = blocking(move || {
        let is_gone = |one: &DueMessage| {
            if !one.has_file {
                return true;
            }
            let (number, message) = (one.connection, one.message);
            // A message that failed may have a file of which a browser sent only a part.
            let removed = files
                .remove_one(number, message)
                .and_then(|()| files.forget_upload(number, message));
            if let Err(error) = &removed {
                tracing::error!(connection = %number, message_id = message.0, %error, "a file could not be removed");
            }
            removed.is_ok()
        };
        Ok(due.into_iter().filter(is_gone).collect())
    });
    // The runtime is shutting down.
    deleted.await.unwrap_or_default()
}
