//! The removal of messages of which the time is over, with their files.

use std::future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt as _, stream};
use store::DueMessage;

use super::Pool;
use crate::media_store::MediaStore;
use crate::session::Shared;

/// Pause between two looks for messages that are due. A timer has at least a day.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Files that are deleted together.
const DELETED_TOGETHER: usize = 8;

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
        let without_file = delete_files(shared.disk_room.media(), &due).await;
        let removed = shared.store.remove_due(&without_file).await?;
        // A download may have ended in between. From now on it finds no row for its file.
        delete_files(shared.disk_room.media(), &without_file).await;
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
async fn delete_files(media: &MediaStore, due: &[DueMessage]) -> Vec<DueMessage> {
    let deletions = due.iter().copied().map(|one| {
        let media = media.clone();
        async move {
            let deleted = delete_file(&media, one).await;
            if let Err(error) = &deleted {
                let DueMessage { connection, message, .. } = one;
                tracing::error!(%connection, message_id = message.0, %error, "a file could not be removed");
            }
            deleted.is_ok().then_some(one)
        }
    });
    let deletions = stream::iter(deletions).buffered(DELETED_TOGETHER);
    deletions.filter_map(future::ready).collect().await
}

async fn delete_file(media: &MediaStore, due: DueMessage) -> io::Result<()> {
    if !due.has_file {
        return Ok(());
    }
    media.remove_one(due.connection, due.message).await?;
    // A message that failed may have a file of which a browser sent only a part.
    media.forget_upload(due.connection, due.message).await
}
