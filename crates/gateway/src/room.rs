//! Room for the files of messages: found before they are fetched, and made by removing older ones.
//!
//! A file is begun only once all of it fits beside those under way, of all numbers, with the floor for
//! media left free: files stop long before numbers pause, and messages keep coming. At the floor, and
//! beyond a quota, received files go ([`store::MediaQuotas`]). How much goes never depends on what the
//! sender of a file says of its length, which need not be true: at the floor it is [`AHEAD`], and under a
//! quota what a file really takes.

use model::{ConnectionId, MessageId};
use store::{EvictedMedia, MediaQueue, MediaQuotas, Store};
use tokio::sync::Mutex;

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

pub(crate) struct Room {
    store: Store,
    files: Files,
    limits: MediaLimits,
    /// Bytes of the disk that are free beyond the reserve of [`crate::storage`].
    free: Box<dyn Fn() -> u64 + Send + Sync>,
    promises: Promises,
    /// One at a time looks for room or removes files.
    turn: Mutex<()>,
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
        let MediaLimits { per_number, per_sender, .. } = self.limits;
        let quotas = if from_me { [None, None] } else { [per_number, per_sender] };
        let largest = quotas.into_iter().flatten().fold(LARGEST, u64::min);
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
        let _turn = self.turn.lock().await;
        if !self.fits(bytes) {
            let missing = self.limits.reserve.saturating_add(AHEAD).saturating_sub((self.free)());
            self.store.evict_media(missing).await?;
            self.remove_evicted().await?;
            if !self.fits(bytes) {
                metrics::counter!("inbox_refused", "what" => "media_room").increment(1);
                return Ok(None);
            }
        }
        Ok(Some(self.promises.make(bytes)))
    }

    /// Notes that a file is on the disk, and removes what goes for it under the quotas.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn stored(
        &self,
        queue: &MediaQueue,
        message: MessageId,
        bytes: u64,
    ) -> Result<(), store::Error> {
        let MediaLimits { per_number, per_sender, .. } = self.limits;
        let _turn = self.turn.lock().await;
        let quotas = MediaQuotas { per_number, per_sender };
        match queue.stored_within(message, bytes, quotas).await?.is_empty() {
            true => Ok(()),
            false => self.remove_evicted().await,
        }
    }

    /// Removes what was to be removed when a process or a session ended.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn finish(&self) -> Result<(), store::Error> {
        let _turn = self.turn.lock().await;
        self.remove_evicted().await
    }

    fn fits(&self, bytes: u64) -> bool {
        let needed = self.limits.reserve.saturating_add(self.promises.total());
        (self.free)() >= needed.saturating_add(bytes)
    }

    async fn remove_evicted(&self) -> Result<(), store::Error> {
        let gone = self.store.evicting_media().await?;
        if gone.is_empty() {
            return Ok(());
        }
        tracing::warn!(files = gone.len(), "received files are removed to make room for others");
        metrics::counter!("inbox_media_evicted").increment(gone.len() as u64);
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
        self.store.media_evicted(&deleted).await
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

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use model::{MediaState, MessageKind};
    use store::{Inbound, InboundMedia, MediaSource, Peer, Viewer};

    use super::*;
    use crate::testing;

    const MIB: u64 = 1024 * 1024;

    /// A number on a disk of its own, as large as wanted.
    struct Disk {
        room: Room,
        store: Store,
        viewer: Viewer,
        number: ConnectionId,
        media: PathBuf,
        _folder: tempfile::TempDir,
    }

    fn used(folder: &Path) -> u64 {
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        entries
            .map(|entry| entry.unwrap().path())
            .map(|path| if path.is_dir() { used(&path) } else { path.metadata().unwrap().len() })
            .sum()
    }

    async fn disk(size: u64, limits: MediaLimits) -> Disk {
        let (store, viewer, folder) = testing::store().await;
        let number = viewer.own_connection().await.unwrap();
        let media = folder.path().join("media");
        let looked_at = media.clone();
        let free = move || size.saturating_sub(used(&looked_at));
        let room = Room::new(store.clone(), Files::new(media.clone()), limits, free);
        Disk { room, store, viewer, number, media, _folder: folder }
    }

    impl Disk {
        /// The customer sends a file of so many bytes.
        async fn sent(&self, customer: &str, name: &str, size: u64, from_me: bool) -> MessageId {
            let media = InboundMedia {
                mime: "image/jpeg".into(),
                name: None,
                size,
                shape: None,
                preview: None,
                source: MediaSource {
                    direct_path: "/v/x".into(),
                    media_key: vec![1; 32],
                    file_hash: vec![2; 32],
                    sealed_hash: vec![3; 32],
                },
            };
            let message = Inbound {
                peer: Peer { pn: Some(format!("{customer}@s.whatsapp.net")), ..Peer::default() },
                group: None,
                from_me,
                sender: None,
                wa_id: format!("3EB0000000000000{name}"),
                kind: MessageKind::Image,
                text: String::new(),
                timestamp: chrono::Utc::now(),
                push_name: None,
                offline: false,
                original: None,
                media: Some(media),
                amends: None,
            };
            self.store.ingest(self.number).messages(&[message]).await.unwrap();
            self.store.media(self.number).due(100).await.unwrap().last().unwrap().message
        }

        /// As the porter does it; whether there was room.
        async fn fetched(&self, message: MessageId, size: u64) -> bool {
            let Some(_promise) = self.room.reserve(size).await.unwrap() else { return false };
            let files = Files::new(self.media.clone());
            let file = files.begin(self.number).unwrap();
            // Takes no room on the real one.
            file.as_file().set_len(size).unwrap();
            files.publish(file, self.number, message).unwrap();
            self.room.stored(&self.store.media(self.number), message, size).await.unwrap();
            true
        }

        async fn state(&self, message: MessageId) -> MediaState {
            self.viewer.media(message).await.unwrap().state
        }
    }

    #[tokio::test]
    async fn files_that_are_fetched_together_have_room_together() {
        let limits = MediaLimits { reserve: 100, ..MediaLimits::default() };
        let disk = disk(400, limits).await;
        let first = disk.room.reserve(200).await.unwrap().expect("room for the first");
        assert!(disk.room.reserve(101).await.unwrap().is_none(), "one byte beyond");
        let second = disk.room.reserve(100).await.unwrap().expect("room for the second");
        assert!(disk.room.reserve(1).await.unwrap().is_none());
        drop(first);
        assert!(disk.room.reserve(201).await.unwrap().is_none());
        assert!(disk.room.reserve(200).await.unwrap().is_some());
        drop(second);
        let all = std::iter::repeat_with(|| disk.room.reserve(100)).take(9);
        let begun = whatsapp_rust::futures::future::join_all(all).await;
        assert_eq!(begun.iter().flatten().flatten().count(), 3);
    }

    #[tokio::test]
    async fn at_the_floor_the_oldest_files_of_whoever_has_the_most_make_room() {
        let limits = MediaLimits { reserve: 10 * MIB, ..MediaLimits::default() };
        let disk = disk(10 * MIB + AHEAD + 100 * MIB, limits).await;
        let ours = disk.sent("5561900000001", "00", 40 * MIB, true).await;
        assert!(disk.fetched(ours, 40 * MIB).await);
        let quiet = disk.sent("5561900000002", "01", 10 * MIB, false).await;
        assert!(disk.fetched(quiet, 10 * MIB).await);
        let mut flood = Vec::new();
        for nth in 0..5 {
            let file = disk.sent("5561900000003", &format!("1{nth}"), 40 * MIB, false).await;
            assert!(disk.fetched(file, 40 * MIB).await, "{nth}");
            flood.push(file);
        }
        // For the fifth, 110 MiB were missing.
        assert_eq!(disk.state(ours).await, MediaState::Stored);
        assert_eq!(disk.state(quiet).await, MediaState::Stored);
        let mut states = Vec::new();
        for file in &flood {
            let state = disk.state(*file).await;
            let path = Files::new(disk.media.clone()).path(disk.number, *file);
            assert_eq!(path.exists(), state == MediaState::Stored);
            states.push(state);
        }
        use MediaState::{Evicted, Stored};
        assert_eq!(states, [Evicted, Evicted, Evicted, Stored, Stored]);
        // One that is removed is not fetched again by itself.
        disk.store.media(disk.number).lost(flood[0]).await.unwrap();
        assert_eq!(disk.state(flood[0]).await, Evicted);
    }

    #[tokio::test]
    async fn a_length_that_is_only_said_removes_nothing() {
        let limits = MediaLimits { reserve: 10 * MIB, ..MediaLimits::default() };
        let disk = disk(10 * MIB + AHEAD + 100 * MIB, limits).await;
        let file = disk.sent("5561900000002", "01", 50 * MIB, false).await;
        assert!(disk.fetched(file, 50 * MIB).await);
        assert!(disk.room.reserve(2048 * MIB).await.unwrap().is_none());
        assert_eq!(disk.state(file).await, MediaState::Stored);
    }

    #[tokio::test]
    async fn what_a_crash_left_to_be_removed_is_removed() {
        let disk = disk(1000 * MIB, MediaLimits::default()).await;
        let file = disk.sent("5561900000002", "01", 50 * MIB, false).await;
        assert!(disk.fetched(file, 50 * MIB).await);
        // As far as it came.
        assert_eq!(disk.store.evict_media(1).await.unwrap().len(), 1);
        let path = Files::new(disk.media.clone()).path(disk.number, file);
        assert!(path.exists());
        assert_eq!(disk.state(file).await, MediaState::Evicted);
        disk.room.finish().await.unwrap();
        assert!(!path.exists());
        assert_eq!(disk.store.evicting_media().await.unwrap(), []);
        assert_eq!(disk.state(file).await, MediaState::Evicted);
    }

    #[tokio::test]
    async fn what_is_larger_than_a_quota_is_not_begun() {
        let limits =
            MediaLimits { per_number: Some(500), per_sender: Some(300), ..MediaLimits::default() };
        let disk = disk(MIB, limits).await;
        assert_eq!(disk.room.most(300, false), Some(300));
        assert_eq!(disk.room.most(301, false), None);
        assert_eq!(disk.room.most(0, false), Some(300));
        // Quotas are for what was received.
        assert_eq!(disk.room.most(301, true), Some(301));
        assert_eq!(disk.room.most(0, true), Some(UNSAID));
        assert_eq!(disk.room.most(LARGEST + 1, true), None);
        let unlimited = self::disk(MIB, MediaLimits::default()).await;
        assert_eq!(unlimited.room.most(LARGEST, false), Some(LARGEST));
        assert_eq!(unlimited.room.most(LARGEST + 1, false), None);
        assert_eq!(unlimited.room.most(0, false), Some(UNSAID));
    }
}
