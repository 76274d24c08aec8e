//! Checks that inbound messages can be stored.
//!
//! The library acknowledges a message only after it was stored, but its own keys have advanced by
//! then: on a full disk it may be left with a message that it cannot decrypt again. So nothing is
//! accepted from WhatsApp while less than a reserve of the disk is free, or while the database
//! takes no writes. Sessions disconnect, messages wait at WhatsApp, and the sessions reconnect by
//! themselves.

use std::path::{Path, PathBuf};
use std::time::Duration;

use model::StorageTrouble;
use store::Store;
use tokio::sync::watch;

/// Interval between checks of the disk, and of a database that failed.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// Bytes beyond the reserve that have to be free again before sessions resume, so that they do not
/// flap with every message.
const RESUME_MARGIN: u64 = 32 * 1024 * 1024;

/// The check that all sessions share.
pub(crate) struct Storage {
    store: Store,
    /// A folder on the disk to check.
    folder: PathBuf,
    /// Bytes that have to stay free.
    reserve: u64,
    trouble: watch::Sender<Option<StorageTrouble>>,
}

impl Storage {
    pub(crate) fn new(store: Store, folder: PathBuf, reserve: u64) -> Self {
        let trouble = watch::Sender::new(None);
        let storage = Self { store, folder, reserve, trouble };
        // The disk is checked before any message arrives.
        storage.update(storage.disk());
        storage
    }

    pub(crate) fn trouble(&self) -> Option<StorageTrouble> {
        *self.trouble.borrow()
    }

    /// Subscribes to the trouble.
    pub(crate) fn follow(&self) -> watch::Receiver<Option<StorageTrouble>> {
        self.trouble.subscribe()
    }

    /// Returns the free bytes of the disk beyond the reserve.
    pub(crate) fn spare(&self) -> u64 {
        // If the free bytes cannot be read, the write itself will fail or succeed.
        free(&self.folder).map_or(u64::MAX, |free| free.saturating_sub(self.reserve))
    }

    /// Checks at once, because a write failed. All subscribers are notified when this returns.
    pub(crate) async fn check(&self) -> Option<StorageTrouble> {
        let database = match self.store.probe().await {
            Err(error) if error.is_outage() => {
                tracing::warn!(%error, "the database takes no writes");
                Some(StorageTrouble::Database)
            }
            // Any other error concerns a row, so the database takes writes.
            Ok(()) | Err(_) => None,
        };
        self.update(database.or_else(|| self.disk()))
    }

    /// Checks periodically for as long as it is awaited.
    pub(crate) async fn watch(&self) {
        loop {
            tokio::time::sleep(CHECK_INTERVAL).await;
            match self.trouble() {
                Some(_) => self.check().await,
                // The database is written all the time, and a failed write reports itself.
                None => self.update(self.disk()),
            };
        }
    }

    /// Returns the trouble with the disk, if there is any.
    fn disk(&self) -> Option<StorageTrouble> {
        let full = self.trouble() == Some(StorageTrouble::DiskFull);
        let needed = if full { self.reserve.saturating_add(RESUME_MARGIN) } else { self.reserve };
        match free(&self.folder) {
            Ok(free) if free < needed => Some(StorageTrouble::DiskFull),
            Ok(_) => None,
            Err(error) => {
                tracing::debug!(%error, "the room on the disk cannot be read");
                None
            }
        }
    }

    /// Sets the trouble, and logs a change.
    fn update(&self, now: Option<StorageTrouble>) -> Option<StorageTrouble> {
        let changed = self.trouble.send_if_modified(|before| std::mem::replace(before, now) != now);
        if changed {
            match now {
                Some(why) => {
                    tracing::error!(?why, "nothing is taken from WhatsApp until this is mended")
                }
                None => tracing::info!("everything can be kept again"),
            }
            metrics::gauge!("inbox_storage_trouble").set(if now.is_some() { 1.0 } else { 0.0 });
        }
        now
    }
}

/// Returns the bytes that this user may still write.
#[cfg(unix)]
fn free(folder: &Path) -> std::io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// The free bytes are unknown on this platform. Writes of the database reveal a full disk.
#[cfg(not(unix))]
fn free(_folder: &Path) -> std::io::Result<u64> {
    Ok(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    async fn storage(reserve: u64) -> (Storage, tempfile::TempDir) {
        let (store, _, folder) = testing::store().await;
        (Storage::new(store, folder.path().to_owned(), reserve), folder)
    }

    #[tokio::test]
    async fn a_disk_without_its_reserve_is_full() {
        let (storage, _folder) = storage(0).await;
        assert_eq!(storage.trouble(), None);
        let (storage, _folder) = self::storage(u64::MAX / 2).await;
        assert_eq!(storage.trouble(), Some(StorageTrouble::DiskFull));
        assert_eq!(storage.check().await, Some(StorageTrouble::DiskFull));
    }

    #[tokio::test]
    async fn nothing_is_to_spare_within_the_reserve() {
        let (storage, _folder) = storage(0).await;
        assert!((1_000..u64::MAX).contains(&storage.spare()));
        let (storage, _folder) = self::storage(u64::MAX / 2).await;
        assert_eq!(storage.spare(), 0);
    }
}
