//! Room for the files of messages: found before they are fetched, and made by removing older ones.
//!
//! A file is begun only once all of it fits beside those under way, of all numbers, with the floor for
//! media left free: files stop long before numbers pause, and messages keep coming. At the floor, and
//! beyond a quota, received files go ([`store::MediaQuotas`]). How much goes never depends on what the
//! sender of a file says of its length, which need not be true: at the floor it is [`AHEAD`], and under a
//! quota what a file really takes.

use std::collections::HashMap;
use std::time::Duration;

use model::{ConnectionId, MessageId};
use store::{EvictedMedia, MediaQueue, MediaQuotas, Store};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::MediaLimits;
use crate::files::{Files, blocking};
use crate::promise::{Promise, Promises};

/// Files that are longer are none of WhatsApp's: 2 GiB is the most it carries (`MAX_FILE_SIZE_BYTES` of
/// WhatsApp Web).
const LARGEST: u64 = 2 * 1024 * 1024 * 1024;
/// Bytes for a file whose sender did not say how long it is.
const UNSAID: u64 = 64 * 1024 * 1024;
/// Bytes above the floor that removing files makes free, for those that come next. What is larger than
/// that waits for room.
const AHEAD: u64 = 128 * 1024 * 1024;
/// Quotas are looked at when this part of the smallest one has come since, as every look reads all files of
/// the number.
const SHARE: u64 = 100;
/// How long nothing is removed for the disk after removing files did not make room on it.
const FUTILE: Duration = Duration::from_secs(60 * 60);
/// Files that are measured in one go.
const MEASURED_AT_ONCE: u64 = 200;

pub(crate) struct Room {
    store: Store,
    files: Files,
    limits: MediaLimits,
    /// Bytes of the disk that are free beyond the reserve of [`crate::storage`].
    free: Box<dyn Fn() -> u64 + Send + Sync>,
    promises: Promises,
    /// One at a time looks for room or removes files.
    turn: Mutex<Turn>,
}

#[derive(Debug, Default)]
struct Turn {
    /// Bytes that came for each number since its quotas were looked at.
    since_look: HashMap<ConnectionId, u64>,
    /// The lengths of all files are known.
    measured: bool,
    /// Until when removing files is not tried, because it did not make room.
    futile_until: Option<Instant>,
}

impl Room {
    pub(crate) fn new(
        store: Store,
        files: Files,
        limits: MediaLimits,
        free: impl Fn() -> u64 + Send + Sync + 'static,
    ) -> Self {
        let (promises, turn) = (Promises::default(), Mutex::default());
        Self { store, files, limits, free: Box::new(free), promises, turn }
    }

    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// The most that a file may take whose sender says so; `None` if that is more than is kept of one. What
    /// left through the number itself is under no quota.
    pub(crate) fn most(&self, said: u64, from_me: bool) -> Option<u64> {
        let quotas = if from_me { MediaQuotas::default() } else { self.quotas() };
        let largest = smallest(quotas).map_or(LARGEST, |quota| quota.min(LARGEST));
        match said {
            0 => Some(UNSAID.min(largest)),
            _ => (said <= largest).then_some(said),
        }
    }

    /// Holds so many bytes free until the promise is dropped, with older files removed for it if that is
    /// what it takes; `None` if there is no room for it now.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn reserve(&self, bytes: u64) -> Result<Option<Promise>, store::Error> {
        let mut turn = self.turn.lock().await;
        if !self.fits(bytes) {
            self.make_room(&mut turn, bytes).await?;
            if !self.fits(bytes) {
                metrics::counter!("inbox_refused", "what" => "media_room").increment(1);
                return Ok(None);
            }
        }
        Ok(Some(self.promises.make(bytes)))
    }

    /// Notes that a file is on the disk, and removes what goes for it under the quotas. One whose message
    /// is gone is deleted: nobody would ask for it.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn stored(
        &self,
        queue: &MediaQueue,
        message: MessageId,
        bytes: u64,
    ) -> Result<(), store::Error> {
        let mut turn = self.turn.lock().await;
        let connection = queue.connection();
        let quotas = self.quotas();
        let since = turn.since_look.get(&connection).map(|since| since.saturating_add(bytes));
        let share = smallest(quotas).map(|quota| quota / SHARE);
        let is_due = share.is_some_and(|share| since.is_none_or(|since| since >= share));
        if is_due {
            self.measure(&mut turn).await?;
        }
        let looked_at = if is_due { quotas } else { MediaQuotas::default() };
        let Some(mut gone) = queue.stored_within(message, bytes, looked_at).await? else {
            if let Err(error) = self.delete_one(connection, message).await {
                tracing::error!(%connection, message_id = message.0, %error, "a file without a message could not be removed");
            }
            return Ok(());
        };
        while !gone.is_empty() {
            self.remove_evicted().await?;
            tokio::task::yield_now().await;
            gone = queue.evict_beyond(quotas, message).await?;
        }
        // Last, so that a look that failed is repeated with the next file.
        if is_due {
            turn.since_look.insert(connection, 0);
        } else if let Some(since) = since {
            turn.since_look.insert(connection, since);
        }
        Ok(())
    }

    /// Removes what was to be removed when a process or a session ended, and measures what came before
    /// lengths were written down.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn finish(&self) -> Result<(), store::Error> {
        let mut turn = self.turn.lock().await;
        self.remove_evicted().await?;
        self.measure(&mut turn).await
    }

    fn quotas(&self) -> MediaQuotas {
        let MediaLimits { per_number, per_sender, .. } = self.limits;
        MediaQuotas { per_number, per_sender }
    }

    fn fits(&self, bytes: u64) -> bool {
        let needed = self.limits.reserve.saturating_add(self.promises.total());
        (self.free)() >= needed.saturating_add(bytes)
    }

    /// Free bytes that are not promised, below zero if too many are. What files under way write of theirs
    /// leaves it as it is.
    fn spare(&self) -> i128 {
        i128::from((self.free)()) - i128::from(self.promises.total())
    }

    /// Removes files in rounds until so many bytes fit or nothing more is to go.
    async fn make_room(&self, turn: &mut Turn, bytes: u64) -> Result<(), store::Error> {
        if turn.futile_until.is_some_and(|until| Instant::now() < until) {
            return Ok(());
        }
        self.measure(turn).await?;
        // What could not be deleted before is tried again first.
        self.remove_evicted().await?;
        while !self.fits(bytes) {
            let wanted = self.limits.reserve.saturating_add(AHEAD);
            let (missing, before) = (wanted.saturating_sub((self.free)()), self.spare());
            if missing == 0 || self.store.evict_media(missing).await?.is_empty() {
                break;
            }
            self.remove_evicted().await?;
            let after = self.spare();
            if after <= before {
                // Snapshots or another program have it, and every try would cost more files.
                tracing::error!(
                    %before,
                    %after,
                    "removing received files made no room, and is not tried for an hour"
                );
                turn.futile_until = Some(Instant::now() + FUTILE);
                break;
            }
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Has the real lengths of all files written down, once: nothing is to go by what senders stated.
    async fn measure(&self, turn: &mut Turn) -> Result<(), store::Error> {
        while !turn.measured {
            let unknown = self.store.unmeasured_media(MEASURED_AT_ONCE).await?;
            if unknown.is_empty() {
                turn.measured = true;
                break;
            }
            let files = self.files.clone();
            let lengths = blocking(move || {
                let measured = unknown
                    .into_iter()
                    .map(|(connection, message)| (message, files.length(connection, message)));
                Ok(measured.collect::<Vec<_>>())
            });
            // The runtime is going down.
            let Ok(lengths) = lengths.await else { break };
            self.store.media_measured(&lengths).await?;
        }
        Ok(())
    }

    async fn remove_evicted(&self) -> Result<(), store::Error> {
        let gone = self.store.evicting_media().await?;
        if gone.is_empty() {
            return Ok(());
        }
        let mut deleted = Vec::with_capacity(gone.len());
        for file in gone {
            let EvictedMedia { connection, message } = file;
            match self.delete_one(connection, message).await {
                Ok(()) => deleted.push(file),
                // Tried again with the next one.
                Err(error) => {
                    tracing::error!(%connection, message_id = message.0, %error, "a file could not be removed")
                }
            }
        }
        self.store.media_evicted(&deleted).await?;
        if !deleted.is_empty() {
            tracing::warn!(
                files = deleted.len(),
                "received files were removed to make room for others"
            );
            metrics::counter!("inbox_media_evicted").increment(deleted.len() as u64);
        }
        Ok(())
    }

    async fn delete_one(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> std::io::Result<()> {
        let files = self.files.clone();
        blocking(move || files.remove_one(connection, message)).await
    }
}

fn smallest(quotas: MediaQuotas) -> Option<u64> {
    [quotas.per_number, quotas.per_sender].into_iter().flatten().min()
}

#[cfg(test)]
mod tests;
