//! Whether what comes in can be kept.
//!
//! The library acknowledges a message only after it was stored, but keeps keys of its own that have
//! moved on by then: on a disk that is full it may be left with a message it cannot read again. So
//! nothing is taken from WhatsApp as soon as less than a reserve of the disk is free, or the database
//! takes no writes: sessions hang up, what is sent meanwhile waits at WhatsApp, and they come back by
//! themselves.

use std::path::{Path, PathBuf};
use std::time::Duration;

use model::StorageTrouble;
use store::Store;
use tokio::sync::watch;

/// How often the room on the disk is looked at, and a database that failed is tried again.
const LOOK: Duration = Duration::from_secs(2);

/// Bytes beyond the reserve that have to be free again, so that it does not come and go with every
/// message.
const ROOM: u64 = 32 * 1024 * 1024;

/// The one judge of it for all sessions.
pub(crate) struct Storage {
    store: Store,
    /// On the disk that fills.
    folder: PathBuf,
    /// Bytes that have to stay free.
    reserve: u64,
    trouble: watch::Sender<Option<StorageTrouble>>,
}

impl Storage {
    pub(crate) fn new(store: Store, folder: PathBuf, reserve: u64) -> Self {
        let trouble = watch::Sender::new(None);
        let storage = Self { store, folder, reserve, trouble };
        // Before anything comes in.
        storage.judge(storage.disk());
        storage
    }

    pub(crate) fn trouble(&self) -> Option<StorageTrouble> {
        *self.trouble.borrow()
    }

    /// What is wrong, as it changes.
    pub(crate) fn follow(&self) -> watch::Receiver<Option<StorageTrouble>> {
        self.trouble.subscribe()
    }

    /// Bytes that are free on the disk beyond the reserve.
    pub(crate) fn spare(&self) -> u64 {
        // Where the room cannot be read, the write itself will tell.
        free(&self.folder).map_or(u64::MAX, |free| free.saturating_sub(self.reserve))
    }

    /// Has a look now, because a write failed. When this returns, everybody has been told.
    pub(crate) async fn check(&self) -> Option<StorageTrouble> {
        let database = match self.store.probe().await {
            Err(error) if error.is_outage() => {
                tracing::warn!(%error, "the database takes no writes");
                Some(StorageTrouble::Database)
            }
            // Another error is about a row, which has been tried.
            Ok(()) | Err(_) => None,
        };
        self.judge(database.or_else(|| self.disk()))
    }

    /// Looks after it for as long as this is awaited.
    pub(crate) async fn watch(&self) {
        loop {
            tokio::time::sleep(LOOK).await;
            match self.trouble() {
                Some(_) => self.check().await,
                // The database is written all the time, and whoever fails to says so.
                None => self.judge(self.disk()),
            };
        }
    }

    fn disk(&self) -> Option<StorageTrouble> {
        let full = self.trouble() == Some(StorageTrouble::DiskFull);
        let needed = if full { self.reserve.saturating_add(ROOM) } else { self.reserve };
        match free(&self.folder) {
            Ok(free) if free < needed => Some(StorageTrouble::DiskFull),
            Ok(_) => None,
            Err(error) => {
                tracing::debug!(%error, "the room on the disk cannot be read");
                None
            }
        }
    }

    fn judge(&self, now: Option<StorageTrouble>) -> Option<StorageTrouble> {
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

/// Bytes that this user may still write.
#[cfg(unix)]
fn free(folder: &Path) -> std::io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Not known here: a disk that is full is noticed by the database's writes.
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
