//! Room for the files of messages: it is reserved before a file is downloaded, received from a browser
//! or encrypted for an upload, and made by removing older files.
//!
//! Each of these starts only once the whole file fits beside all those in progress, of all numbers,
//! with the reserve for media left free. So they stop long before numbers pause, and messages keep
//! coming. At that reserve, and beyond a quota, received files are removed ([`store::MediaQuotas`]). The
//! removed amount never depends on the length that the sender of a file states, which may be wrong: at the
//! reserve it is [`HEADROOM`], and under a quota it is the real length of the file. Files in a bucket are
//! removed beyond a quota only.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use model::{ConnectionId, MessageId};
use store::{EvictedMedia, MediaQueue, MediaQuotas, Store, Wakeups};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::MediaLimits;
use crate::media_store::MediaStore;
use crate::reservation::{Reservation, Reservations};

/// Length of the largest file: 2 GiB is the most that WhatsApp carries (`MAX_FILE_SIZE_BYTES` of
/// WhatsApp Web).
const MAX_FILE_BYTES: u64 = 2 * 1024 * 1024 * 1024;
/// Bytes that are reserved for a file of unstated length.
const UNSTATED_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes above the reserve that an eviction frees, for the next downloads. A larger file waits for
/// room.
const HEADROOM: u64 = 128 * 1024 * 1024;
/// A quota is checked after one hundredth of the smallest one arrived since the last check, because
/// a check reads all files of the number.
const QUOTA_CHECK_SHARE: u64 = 100;
/// Pause of evictions for the disk after one that freed no room on it.
const EVICTION_PAUSE: Duration = Duration::from_secs(60 * 60);
/// Files that are measured at once.
const MEASURE_BATCH: u64 = 200;
/// Of these, files that are asked for their lengths together.
const MEASURED_TOGETHER: usize = 8;

/// The room for the files of all numbers.
pub(crate) struct DiskRoom {
    store: Store,
    media: MediaStore,
    limits: MediaLimits,
    /// Returns the free bytes of the disk beyond the reserve of [`crate::storage`].
    free: Box<dyn Fn() -> u64 + Send + Sync>,
    reservations: Reservations,
    /// Locked while room is reserved or files are removed.
    eviction: Mutex<Eviction>,
}

/// The state of evictions.
#[derive(Debug, Default)]
struct Eviction {
    /// Bytes that arrived for each number since its last quota check.
    since_quota_check: HashMap<ConnectionId, u64>,
    /// The real lengths of all files are known.
    measured: bool,
    /// Evictions for the disk are paused until then, because one freed no room.
    paused_until: Option<Instant>,
}

impl DiskRoom {
    pub(crate) fn new(
        store: Store,
        media: MediaStore,
        limits: MediaLimits,
        free: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Self {
        let (reservations, eviction) = (Reservations::default(), Mutex::default());
        Self { store, media, limits, free: Box::new(free), reservations, eviction }
    }

    /// Returns the place of the files.
    pub(crate) fn media(&self) -> &MediaStore {
        &self.media
    }

    /// Returns the bytes to reserve for a file by the length its sender stated; `None` if that is
    /// more than is kept of one file. Files that the number itself sent have no quota.
    pub(crate) fn max_bytes(&self, stated: u64, from_me: bool) -> Option<u64> {
        let quotas = if from_me { MediaQuotas::default() } else { self.quotas() };
        let largest = smallest(quotas).map_or(MAX_FILE_BYTES, |quota| quota.min(MAX_FILE_BYTES));
        match stated {
            0 => Some(UNSTATED_BYTES.min(largest)),
            _ => (stated <= largest).then_some(stated),
        }
    }

    /// Reserves bytes until the reservation is dropped, and removes older files if necessary.
    /// `None` if there is no room for it now.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn reserve(&self, bytes: u64) -> Result<Option<Reservation>, store::Error> {
        let mut eviction = self.eviction.lock().await;
        if !self.fits(bytes) {
            self.make_room(&mut eviction, bytes).await?;
            if !self.fits(bytes) {
                metrics::counter!("inbox_refused", "what" => "media_room").increment(1);
                return Ok(None);
            }
        }
        Ok(Some(self.reservations.reserve(bytes)))
    }

    /// Records that a file is complete, and removes files beyond the quotas. A file whose
    /// message was deleted meanwhile is deleted too.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn stored(
        &self,
        queue: &MediaQueue,
        message: MessageId,
        bytes: u64,
    ) -> Result<(), store::Error> {
        let mut eviction = self.eviction.lock().await;
        let connection = queue.connection();
        let quotas = self.quotas();
        let since =
            eviction.since_quota_check.get(&connection).map(|since| since.saturating_add(bytes));
        let share = smallest(quotas).map(|quota| quota / QUOTA_CHECK_SHARE);
        let is_due = share.is_some_and(|share| since.is_none_or(|since| since >= share));
        if is_due {
            self.measure(&mut eviction).await?;
        }
        let checked_quotas = if is_due { quotas } else { MediaQuotas::default() };
        let Some(mut gone) = queue.stored_within(message, bytes, checked_quotas).await? else {
            if let Err(error) = self.media.remove_one(connection, message).await {
                tracing::error!(%connection, message_id = message.0, %error, "a file without a message could not be removed");
            }
            return Ok(());
        };
        while !gone.is_empty() {
            self.remove_evicted().await?;
            tokio::task::yield_now().await;
            gone = queue.evict_beyond(quotas, message).await?;
        }
        // This comes last, so that a check that failed is repeated with the next file.
        if is_due {
            eviction.since_quota_check.insert(connection, 0);
        } else if let Some(since) = since {
            eviction.since_quota_check.insert(connection, since);
        }
        Ok(())
    }

    /// Completes the removals that an ended process or session left, and measures files from before
    /// lengths were recorded.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn finish(&self) -> Result<(), store::Error> {
        let mut eviction = self.eviction.lock().await;
        self.remove_evicted().await?;
        self.measure(&mut eviction).await
    }

    /// Deletes files of a number as they are marked for removal. It runs until it is dropped; what it leaves
    /// is done by [`Self::finish`].
    pub(crate) async fn remove_marked(
        self: Arc<Self>,
        connection: ConnectionId,
        wakeups: Arc<Wakeups>,
    ) {
        loop {
            wakeups.removals.notified().await;
            if let Err(error) = self.finish().await {
                tracing::warn!(%connection, %error, "files that were to be removed could not be");
            }
        }
    }

    fn quotas(&self) -> MediaQuotas {
        let MediaLimits { per_number, per_sender, .. } = self.limits;
        MediaQuotas { per_number, per_sender }
    }

    fn fits(&self, bytes: u64) -> bool {
        let needed = self.limits.reserve.saturating_add(self.reservations.total());
        (self.free)() >= needed.saturating_add(bytes)
    }

    /// Returns the free bytes that are not reserved, below zero if too many are. Writes of
    /// downloads in progress do not change it.
    fn spare(&self) -> i128 {
        i128::from((self.free)()) - i128::from(self.reservations.total())
    }

    /// Removes files in rounds until the bytes fit or no more files may be removed.
    async fn make_room(&self, eviction: &mut Eviction, bytes: u64) -> Result<(), store::Error> {
        // Removing files from a bucket makes no room on the disk.
        let is_paused = eviction.paused_until.is_some_and(|until| Instant::now() < until);
        if is_paused || !self.media.is_on_disk() {
            return Ok(());
        }
        self.measure(eviction).await?;
        // Files that could not be deleted before are tried again first.
        self.remove_evicted().await?;
        while !self.fits(bytes) {
            let wanted = self.limits.reserve.saturating_add(HEADROOM);
            let (missing, before) = (wanted.saturating_sub((self.free)()), self.spare());
            if missing == 0 || self.store.evict_media(missing).await?.is_empty() {
                break;
            }
            self.remove_evicted().await?;
            let after = self.spare();
            if after <= before {
                // Snapshots or another program hold the bytes, and every further round would cost
                // more files.
                tracing::error!(
                    %before,
                    %after,
                    "removing received files made no room, and is not tried for an hour"
                );
                eviction.paused_until = Some(Instant::now() + EVICTION_PAUSE);
                break;
            }
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Records the real lengths of all files, once: no removal may rely on stated lengths.
    async fn measure(&self, eviction: &mut Eviction) -> Result<(), store::Error> {
        while !eviction.measured {
            let unknown = self.store.unmeasured_media(MEASURE_BATCH).await?;
            if unknown.is_empty() {
                eviction.measured = true;
                break;
            }
            let lengths = unknown.into_iter().map(|(connection, message)| {
                let media = self.media.clone();
                async move { io::Result::Ok((message, media.length(connection, message).await?)) }
            });
            let lengths = stream::iter(lengths).buffered(MEASURED_TOGETHER);
            match lengths.try_collect::<Vec<_>>().await {
                Ok(lengths) => self.store.media_measured(&lengths).await?,
                Err(error) => {
                    // The next eviction tries again.
                    tracing::warn!(%error, "the lengths of files cannot be read");
                    break;
                }
            }
        }
        Ok(())
    }

    /// Deletes the files that are marked for removal.
    async fn remove_evicted(&self) -> Result<(), store::Error> {
        let gone = self.store.evicting_media().await?;
        if gone.is_empty() {
            return Ok(());
        }
        let mut deleted = Vec::with_capacity(gone.len());
        for file in gone {
            let EvictedMedia { connection, message, .. } = file;
            match self.media.remove_one(connection, message).await {
                Ok(()) => deleted.push(file),
                // The deletion is tried again with the next eviction.
                Err(error) => {
                    tracing::error!(%connection, message_id = message.0, %error, "a file could not be removed")
                }
            }
        }
        self.store.media_evicted(&deleted).await?;
        let evicted = deleted.iter().filter(|file| !file.view_once).count();
        if evicted > 0 {
            tracing::warn!(files = evicted, "received files were removed to make room for others");
            metrics::counter!("inbox_media_evicted").increment(evicted as u64);
        }
        Ok(())
    }
}

fn smallest(quotas: MediaQuotas) -> Option<u64> {
    [quotas.per_number, quotas.per_sender].into_iter().flatten().min()
}

#[cfg(test)]
mod tests;
