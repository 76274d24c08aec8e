//! Tests of reservations and evictions.

use std::path::{Path, PathBuf};

use model::{MediaState, MessageKind};
use sea_orm::ConnectionTrait as _;
use store::{Inbound, InboundMedia, Viewer};

use super::*;
use crate::files::{Files, Purpose};
use crate::testing;

const MIB: u64 = 1024 * 1024;

/// A number on a simulated disk of a chosen size.
struct Disk {
    room: DiskRoom,
    store: Store,
    viewer: Viewer,
    number: ConnectionId,
    media: PathBuf,
    folder: tempfile::TempDir,
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
    let measured = media.clone();
    let free = move || size.saturating_sub(used(&measured));
    let room =
        DiskRoom::new(store.clone(), MediaStore::in_folder(media.clone()).unwrap(), limits, free);
    Disk { room, store, viewer, number, media, folder }
}

impl Disk {
    /// Stores a message with a file of this length.
    async fn sent(&self, customer: &str, name: &str, size: u64, from_me: bool) -> MessageId {
        let message = Inbound {
            from_me,
            kind: MessageKind::Image,
            timestamp: chrono::Utc::now(),
            media: Some(InboundMedia { size, ..fixtures::file("image/jpeg") }),
            ..fixtures::inbound(&fixtures::person(customer), format!("3EB0000000000000{name}"))
        };
        self.store.ingest(self.number).messages(&[message]).await.unwrap();
        self.store.media(self.number).due(100).await.unwrap().last().unwrap().message
    }

    /// Stores a file as the downloader does. Returns false if there was no room.
    async fn fetched(&self, message: MessageId, size: u64) -> bool {
        let Some(_reservation) = self.room.reserve(size).await.unwrap() else { return false };
        let files = Files::new(self.media.clone());
        let file = files.begin(self.number, Purpose::Download).unwrap();
        // A sparse file takes no room on the real disk.
        file.as_file().set_len(size).unwrap();
        files.publish(file, self.number, message).unwrap();
        self.room.stored(&self.store.media(self.number), message, size).await.unwrap();
        true
    }

    /// Puts a file on the disk, without a reservation.
    async fn placed(&self, customer: &str, name: &str, size: u64) -> MessageId {
        let message = self.sent(customer, name, size, false).await;
        let path = Files::new(self.media.clone()).path(self.number, message);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::File::create(path).unwrap().set_len(size).unwrap();
        self.room.stored(&self.store.media(self.number), message, size).await.unwrap();
        message
    }

    async fn kept(&self, files: &[MessageId]) -> usize {
        let mut kept = 0;
        for file in files {
            kept += usize::from(self.state(*file).await == MediaState::Stored);
        }
        kept
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
    let disk = disk(10 * MIB + HEADROOM + 100 * MIB, limits).await;
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
    // 110 MiB were missing for the fifth file.
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
    // A removed file is not downloaded again by itself.
    disk.store.media(disk.number).lost(flood[0]).await.unwrap();
    assert_eq!(disk.state(flood[0]).await, Evicted);
}

#[tokio::test]
async fn a_length_that_is_only_stated_removes_nothing() {
    let limits = MediaLimits { reserve: 10 * MIB, ..MediaLimits::default() };
    let disk = disk(10 * MIB + HEADROOM + 100 * MIB, limits).await;
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
    // The crash happened at this point.
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
    assert_eq!(disk.room.max_bytes(300, false), Some(300));
    assert_eq!(disk.room.max_bytes(301, false), None);
    assert_eq!(disk.room.max_bytes(0, false), Some(300));
    // Quotas apply to received files only.
    assert_eq!(disk.room.max_bytes(301, true), Some(301));
    assert_eq!(disk.room.max_bytes(0, true), Some(UNSTATED_BYTES));
    assert_eq!(disk.room.max_bytes(MAX_FILE_BYTES + 1, true), None);
    let unlimited = self::disk(MIB, MediaLimits::default()).await;
    assert_eq!(unlimited.room.max_bytes(MAX_FILE_BYTES, false), Some(MAX_FILE_BYTES));
    assert_eq!(unlimited.room.max_bytes(MAX_FILE_BYTES + 1, false), None);
    assert_eq!(unlimited.room.max_bytes(0, false), Some(UNSTATED_BYTES));
}

#[tokio::test]
async fn many_small_files_go_in_rounds_until_there_is_room() {
    const HALF: u64 = MIB / 2;
    let disk = disk(151 * MIB, MediaLimits::default()).await;
    let mut files = Vec::new();
    for nth in 0..300 {
        files.push(disk.placed("5561900000003", &format!("{nth:03}"), HALF).await);
    }
    // One round is 100 MiB.
    assert!(disk.room.reserve(120 * MIB).await.unwrap().is_some());
    assert_eq!(used(&disk.media), 23 * MIB);
    assert_eq!(disk.kept(&files).await, 46);
    assert_eq!(disk.kept(&files[254..]).await, 46, "the newest");
}

#[tokio::test]
async fn where_removing_files_makes_no_room_the_others_stay() {
    let limits = MediaLimits { reserve: 10 * MIB, ..MediaLimits::default() };
    let disk = disk(1_000 * MIB, limits).await;
    let mut files = Vec::new();
    for nth in 0..4 {
        files.push(disk.placed("5561900000003", &format!("{nth:02}"), 100 * MIB).await);
    }
    // Nothing is ever free, as with snapshots.
    let media = MediaStore::in_folder(disk.media.clone()).unwrap();
    let stuck = DiskRoom::new(disk.store.clone(), media, limits, || 0);
    for _ in 0..3 {
        assert!(stuck.reserve(1).await.unwrap().is_none());
        assert_eq!(disk.kept(&files).await, 2);
    }
    // It is tried again an hour later.
    stuck.eviction.lock().await.paused_until = Some(Instant::now());
    assert!(stuck.reserve(1).await.unwrap().is_none());
    assert_eq!(disk.kept(&files).await, 0);
}

#[tokio::test]
async fn a_file_whose_message_is_gone_is_deleted() {
    let disk = disk(MIB, MediaLimits::default()).await;
    let (files, message) = (Files::new(disk.media.clone()), MessageId(99));
    files
        .publish(files.begin(disk.number, Purpose::Download).unwrap(), disk.number, message)
        .unwrap();
    assert!(files.path(disk.number, message).exists());
    disk.room.stored(&disk.store.media(disk.number), message, 9).await.unwrap();
    assert!(!files.path(disk.number, message).exists());
}

#[tokio::test]
async fn quotas_are_checked_first_and_then_once_a_hundredth_of_them_came() {
    let limits = MediaLimits { per_sender: Some(1_000), ..MediaLimits::default() };
    let disk = disk(1_000 * MIB, limits).await;
    let first = disk.placed("5561900000002", "01", 996).await;
    disk.placed("5561900000002", "02", 5).await;
    assert_eq!(disk.state(first).await, MediaState::Stored, "one byte beyond, and not noticed");
    disk.placed("5561900000002", "03", 5).await;
    assert_eq!(disk.state(first).await, MediaState::Evicted);
}

#[tokio::test]
async fn files_from_before_lengths_were_kept_are_measured_before_they_go() {
    let disk = disk(1_000 * MIB, MediaLimits::default()).await;
    let file = disk.placed("5561900000002", "01", 50 * MIB).await;
    let gone = disk.placed("5561900000002", "02", 50 * MIB).await;
    std::fs::remove_file(Files::new(disk.media.clone()).path(disk.number, gone)).unwrap();
    let url = format!("sqlite://{}", disk.folder.path().join("inbox.db").display());
    let raw = sea_orm::Database::connect(url).await.unwrap();
    let unknown = "UPDATE media SET stored_bytes = NULL, size = 0";
    raw.execute_unprepared(unknown).await.unwrap();
    assert_eq!(disk.store.evict_media(1).await.unwrap(), []);
    disk.room.finish().await.unwrap();
    assert_eq!(disk.store.unmeasured_media(10).await.unwrap(), []);
    assert_eq!(
        disk.store.evict_media(50 * MIB + 1).await.unwrap(),
        [],
        "what is not there frees nothing"
    );
    let evicted = disk.store.evict_media(50 * MIB).await.unwrap();
    assert_eq!(
        evicted,
        [EvictedMedia { connection: disk.number, message: file, view_once: false }]
    );
}
