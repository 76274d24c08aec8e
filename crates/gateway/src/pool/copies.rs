//! The copies of files for messages that are forwarded. One task makes those of all numbers, whether they are
//! connected or not, since a source is not removed before.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use model::MessageId;
use store::FileCopy;
use tokio::sync::Semaphore;

use super::Pool;
use crate::pauses::growing;
use crate::session::Shared;

/// Copies that are made at a time.
const MAX_CONCURRENT: usize = 4;
/// Age of a copy after which no failure is followed by another attempt: its source may be due to be removed.
const GIVEN_UP_AFTER: TimeDelta = TimeDelta::days(1);
/// Longest pause before a copy is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Pause after an error of the database, and the time after which it is read although nothing woke the task.
const DATABASE_PAUSE: Duration = Duration::from_secs(2);
const IDLE_PAUSE: Duration = Duration::from_secs(60 * 60);

/// The reason why a copy is tried again.
#[derive(Debug, thiserror::Error)]
enum CopyError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Pool {
    /// Starts the task that copies files. What it has not copied at the end of the process is copied by the
    /// next one.
    pub(super) fn copy_files(&self) {
        let shared = Arc::clone(&self.0.shared);
        let closing = self.0.closing.clone();
        self.0.tasks.spawn(async move {
            closing.run_until_cancelled(copy_all(&shared)).await;
        });
    }
}

/// Copies files as messages are forwarded. It never returns.
async fn copy_all(shared: &Shared) {
    let permits = Semaphore::new(MAX_CONCURRENT);
    let mut copies = FuturesUnordered::new();
    let mut begun = HashSet::new();
    loop {
        let pause = match shared.store.pending_copies().await {
            Ok(pending) => {
                for copy in pending {
                    if begun.insert(copy.to.1) {
                        copies.push(make(shared, &permits, copy));
                    }
                }
                IDLE_PAUSE
            }
            Err(error) => {
                tracing::error!(%error, "the files to copy cannot be read, trying again");
                DATABASE_PAUSE
            }
        };
        let woken = tokio::time::timeout(pause, shared.store.hub().copies().notified());
        tokio::pin!(woken);
        loop {
            tokio::select! {
                Some(message) = copies.next() => {
                    begun.remove(&message);
                }
                _ = &mut woken => break,
            }
        }
    }
}

/// Repeats a copy until it is made or given up, and returns its message.
async fn make(shared: &Shared, permits: &Semaphore, copy: FileCopy) -> MessageId {
    let (connection, message) = copy.to;
    for failures in 0_u32.. {
        let made = {
            // The semaphore is closed only with the process.
            let _permit = permits.acquire().await;
            attempt(shared, copy).await
        };
        let Err(error) = made else { break };
        tracing::warn!(%connection, message_id = message.0, %error, "a file waits to be copied");
        let pause = growing(shared.config.pauses.upload_retry, failures, LONGEST_PAUSE);
        tokio::time::sleep(pause).await;
    }
    message
}

async fn attempt(shared: &Shared, copy: FileCopy) -> Result<(), CopyError> {
    let (media, (connection, message)) = (shared.disk_room.media(), copy.to);
    let is_wanted = match media.copy(copy).await {
        Ok(()) => shared.store.copy_made(message).await?,
        Err(error) if error.kind() == io::ErrorKind::NotFound || is_old(copy) => {
            tracing::warn!(%connection, message_id = message.0, %error, "a file is not copied");
            shared.store.copy_lost(message).await?
        }
        Err(error) => return Err(error.into()),
    };
    if !is_wanted {
        // Its message was removed meanwhile.
        media.remove_one(connection, message).await?;
    }
    Ok(())
}

fn is_old(copy: FileCopy) -> bool {
    Utc::now() - copy.since > GIVEN_UP_AFTER
}
