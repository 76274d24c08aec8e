//! Files in a bucket: received, sent, forwarded, evicted, and while the bucket is out of reach.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::path::PathBuf;
use std::time::Duration;

use emulator::{MediaKind, NewMedia, PhoneMessage};
use gateway::{Bucket, BucketAddress, BucketCredentials, Config, MediaLimits, MediaStore, Pauses};
use model::content::FileKind;
use model::{ChatId, Delivery, FailReason, MediaState, Message, MessageId};
use s3server::S3Server;
use sha2::{Digest as _, Sha256};
use store::{NewUpload, UploadedFile};
use support::{Agent, PATIENCE, World, new_id};

/// Longer than one part of a bucket.
const LARGE: usize = 6 * 1024 * 1024;
/// Pause before what failed is tried again.
const RETRY: Duration = Duration::from_millis(200);

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

fn photo(length: usize) -> NewMedia {
    NewMedia::new(MediaKind::Image, "image/jpeg", bytes(length))
}

fn state(message: &Message) -> Option<MediaState> {
    message.media.as_ref().map(|media| media.state)
}

/// A number with its files in a bucket, and a customer.
struct Shop {
    world: World,
    server: S3Server,
    ana: Agent,
    number: String,
    customer: String,
    folder: tempfile::TempDir,
}

impl Shop {
    async fn new(media: MediaLimits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = S3Server::start(&folder.path().join("s3")).await.unwrap();
        let address = BucketAddress {
            bucket: s3server::BUCKET.to_owned(),
            prefix: s3server::PREFIX.to_owned(),
            endpoint: Some(server.endpoint()),
            region: "us-east-1".to_owned(),
        };
        let credentials = BucketCredentials {
            key_id: s3server::KEY_ID.to_owned(),
            secret: s3server::SECRET.to_owned(),
            session_token: None,
        };
        let bucket = Bucket::new(address, credentials).unwrap();
        let media_store = MediaStore::in_bucket(folder.path().join("media"), bucket);
        let pauses = Pauses { media_retry: RETRY, upload_retry: RETRY, ..Pauses::default() };
        let change = |config: Config| Config { media_store, media, pauses, ..config };
        let world = World::configured(change).await;
        let (ana, number) = world.connected("ana").await;
        let customer = world.emulator.new_phone(None, None).await.unwrap().number;
        world.emulator.send_text(&customer, &number, "Tem foto?").await.unwrap();
        world.messages_until(&ana, |messages| messages.len() == 1).await;
        Self { world, server, ana, number, customer, folder }
    }

    async fn receives(&self, media: NewMedia) {
        self.world.emulator.send_media(&self.customer, &self.number, media).await.unwrap();
    }

    /// Waits until the files of the conversation have these states.
    async fn files_are(&self, wanted: &[MediaState]) -> Vec<Message> {
        let are = |messages: &[Message]| messages.iter().filter_map(state).eq(wanted.to_vec());
        let mut messages = self.world.messages_until(&self.ana, are).await;
        messages.retain(|message| message.media.is_some());
        messages
    }

    /// Brings a file as a browser does, up to its place in the bucket.
    async fn brings(&self, content: &[u8]) -> MessageId {
        let (grant, chat) = self.ana.viewer.write_chat(self.ana.only_chat().await).await.unwrap();
        let new = NewUpload {
            kind: FileKind::Document,
            caption: String::new(),
            mime: "application/pdf".to_owned(),
            name: Some("contrato.pdf".to_owned()),
            size: content.len() as u64,
            shape: None,
            seconds: None,
            voice: None,
            preview: None,
            reply_to: None,
            view_once: false,
            album: None,
        };
        let World { store, pool, .. } = &self.world;
        let message = store.begin_upload(&grant, chat.id, new_id(), new).await.unwrap().id;
        let part = pool.upload_path(self.ana.connection, message).await.unwrap();
        std::fs::write(part, content).unwrap();
        pool.publish_upload(self.ana.connection, message, None).await.unwrap();
        message
    }

    /// Queues a file that was brought.
    async fn queues(&self, message: MessageId, content: &[u8]) -> Message {
        let (grant, _) = self.ana.viewer.write_chat(self.ana.only_chat().await).await.unwrap();
        let found = UploadedFile {
            kind: FileKind::Document,
            mime: "application/pdf".to_owned(),
            size: content.len() as u64,
            shape: None,
            seconds: None,
            voice: None,
            preview: None,
            animated: false,
            pages: None,
            file_hash: Sha256::digest(content).into(),
        };
        let World { store, pool, .. } = &self.world;
        let queued = store.finish_upload(&grant, message, found).await.unwrap();
        pool.forget_upload(self.ana.connection, message).await.unwrap();
        queued
    }

    async fn forwards(&self, source: MessageId, chat: ChatId) -> Message {
        let (viewer, store) = (&self.ana.viewer, &self.world.store);
        let (grant, chat) = viewer.write_chat(chat).await.unwrap();
        store.forward(viewer, &grant, chat.id, new_id(), source).await.unwrap()
    }

    /// Waits until the customer's phone has a file with this content.
    async fn arrives(&self, message: &Message, content: &[u8]) {
        let is = |one: &&PhoneMessage| one.id == message.wa_id.as_str();
        let there = |messages: &[PhoneMessage]| messages.iter().any(|one| is(&one));
        let emulator = &self.world.emulator;
        let messages = emulator.until(&self.customer, &self.number, PATIENCE, there).await.unwrap();
        let media = messages.iter().find(is).unwrap().media.clone().expect("a file");
        assert_eq!(media.problem, None, "{media:?}");
        assert_eq!(media.sha256, hex::encode(Sha256::digest(content)));
    }

    /// Waits until a message here has been delivered.
    async fn is_delivered(&self, message: &Message) {
        let is = |one: &Message| one.id == message.id && one.delivery == Some(Delivery::Delivered);
        let here = |messages: &[Message]| messages.iter().any(is);
        self.world.messages_until(&self.ana, here).await;
    }

    /// Returns the lengths of the files in the local folder of the number.
    fn on_disk(&self) -> Vec<u64> {
        let folder = self.folder.path().join("media").join(self.ana.connection.to_string());
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        // A file may go meanwhile.
        entries.filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len())).collect()
    }

    /// Returns the place of the file of a message in the bucket.
    fn object(&self, message: MessageId) -> PathBuf {
        self.server.object(&format!("{}/{message}", self.ana.connection))
    }

    fn is_in_bucket(&self, message: MessageId) -> bool {
        self.object(message).exists()
    }
}

#[tokio::test]
async fn files_are_received_sent_and_forwarded_through_a_bucket() {
    let shop = Shop::new(MediaLimits::default()).await;
    shop.receives(photo(LARGE)).await;
    let received = shop.files_are(&[MediaState::Stored]).await.remove(0);
    assert_eq!(shop.world.stored(&shop.ana, received.id).await, bytes(LARGE));
    assert!(shop.is_in_bucket(received.id));

    let content = bytes(LARGE + 1);
    let sent = shop.brings(&content).await;
    let sent = shop.queues(sent, &content).await;
    shop.arrives(&sent, &content).await;
    shop.is_delivered(&sent).await;

    let forwarded = shop.forwards(received.id, received.chat).await;
    shop.arrives(&forwarded, &bytes(LARGE)).await;
    shop.is_delivered(&forwarded).await;
    assert_eq!(shop.on_disk(), [0_u64; 0], "nothing is left on the disk");

    // Files go with their number.
    let remove = shop.ana.viewer.grant_remove(shop.ana.connection).await.unwrap();
    shop.world.pool.disconnect(&shop.ana.manage().await).await.unwrap();
    shop.world.pool.remove(&remove).await.unwrap();
    for message in [received.id, sent.id, forwarded.id] {
        assert!(!shop.is_in_bucket(message));
    }
}

#[tokio::test]
async fn files_beyond_a_quota_leave_the_bucket_and_a_full_disk_takes_none_from_it() {
    let limits = MediaLimits { per_sender: Some(50_000), ..MediaLimits::default() };
    let shop = Shop::new(limits).await;
    shop.receives(photo(30_000)).await;
    let first = shop.files_are(&[MediaState::Stored]).await.remove(0);
    shop.receives(photo(40_000)).await;
    let wanted = [MediaState::Evicted, MediaState::Stored];
    let second = shop.files_are(&wanted).await.remove(1);
    let deleted = async {
        while shop.is_in_bucket(first.id) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, deleted).await.unwrap();
    assert!(shop.is_in_bucket(second.id));

    // More than any disk has.
    let room = shop.world.pool.reserve_upload(u64::MAX / 4).await.unwrap();
    assert!(room.is_none());
    shop.files_are(&wanted).await;
    assert!(shop.is_in_bucket(second.id));
}

#[tokio::test]
async fn while_the_bucket_is_out_of_reach_files_wait() {
    let mut shop = Shop::new(MediaLimits::default()).await;
    let content = bytes(40_000);
    let sent = shop.brings(&content).await;
    shop.server.stop().await;

    let sent = shop.queues(sent, &content).await;
    shop.receives(photo(30_000)).await;
    let waits = async {
        while shop.on_disk() != [30_000_u64] {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waits).await.expect("a downloaded file that waits");
    let text = shop.ana.send(&shop.world.store, "Já vou ver.").await;
    shop.is_delivered(&text).await;
    assert_eq!(shop.world.emulator.stats().uploads, 0);

    shop.server.start_again().await.unwrap();
    shop.arrives(&sent, &content).await;
    shop.is_delivered(&sent).await;
    let messages = shop.files_are(&[MediaState::Stored, MediaState::Stored]).await;
    let received = messages.iter().find(|message| message.id != sent.id).unwrap();
    assert_eq!(shop.world.stored(&shop.ana, received.id).await, bytes(30_000));
}

#[tokio::test]
async fn a_slow_copy_in_the_bucket_holds_nothing_up() {
    let shop = Shop::new(MediaLimits::default()).await;
    let content = bytes(30_000);
    shop.receives(photo(content.len())).await;
    let received = shop.files_are(&[MediaState::Stored]).await.remove(0);
    let (bia, other) = shop.world.connected("bia").await;
    shop.server.hold_copies(true);

    let forwarded = shop.forwards(received.id, received.chat).await;
    assert_eq!(shop.world.stored(&shop.ana, forwarded.id).await, content);
    // Messages of this number and of another one are stored and sent meanwhile.
    let text = shop.ana.send(&shop.world.store, "Já vou ver.").await;
    shop.is_delivered(&text).await;
    shop.world.emulator.send_text(&shop.customer, &other, "Oi").await.unwrap();
    shop.world.messages_until(&bia, |messages| messages.len() == 1).await;
    assert_eq!(shop.world.emulator.stats().uploads, 0);
    assert!(!shop.is_in_bucket(forwarded.id));

    shop.server.hold_copies(false);
    shop.arrives(&forwarded, &content).await;
    shop.is_delivered(&forwarded).await;
    assert!(shop.is_in_bucket(forwarded.id));
}

#[tokio::test]
async fn a_message_that_is_forwarded_while_the_bucket_is_out_of_reach_goes_later() {
    let mut shop = Shop::new(MediaLimits::default()).await;
    let content = bytes(30_000);
    shop.receives(photo(content.len())).await;
    let received = shop.files_are(&[MediaState::Stored]).await.remove(0);
    shop.server.stop().await;
    let forwarded = shop.forwards(received.id, received.chat).await;
    let text = shop.ana.send(&shop.world.store, "Já vou ver.").await;
    shop.is_delivered(&text).await;

    shop.server.start_again().await.unwrap();
    shop.arrives(&forwarded, &content).await;
    shop.is_delivered(&forwarded).await;
}

#[tokio::test]
async fn a_message_whose_file_is_not_in_the_bucket_fails_when_it_is_forwarded() {
    let shop = Shop::new(MediaLimits::default()).await;
    shop.receives(photo(30_000)).await;
    let received = shop.files_are(&[MediaState::Stored]).await.remove(0);
    std::fs::remove_file(shop.object(received.id)).unwrap();
    let forwarded = shop.forwards(received.id, received.chat).await;
    let messages = shop.files_are(&[MediaState::Stored, MediaState::Uploading]).await;
    let failed = Delivery::Failed { reason: FailReason::Expired };
    assert_eq!((messages[1].id, messages[1].delivery), (forwarded.id, Some(failed)));
}

#[tokio::test]
async fn the_files_of_a_removed_number_stay_until_they_are_copied() {
    let shop = Shop::new(MediaLimits::default()).await;
    shop.receives(photo(30_000)).await;
    let received = shop.files_are(&[MediaState::Stored]).await.remove(0);
    let World { store, pool, .. } = &shop.world;
    let second = shop.ana.viewer.add_connection(fixtures::number("Suporte")).await.unwrap();
    let question = fixtures::text("3EB00000-question", "Tem foto?");
    store.ingest(second).messages(&[question]).await.unwrap();
    let chats = shop.ana.chats().await;
    let chat = chats.into_iter().find(|chat| chat.connection == second).unwrap().id;
    shop.server.hold_copies(true);
    let forwarded = shop.forwards(received.id, chat).await;

    let remove = shop.ana.viewer.grant_remove(shop.ana.connection).await.unwrap();
    pool.disconnect(&shop.ana.manage().await).await.unwrap();
    pool.remove(&remove).await.unwrap();
    assert!(shop.is_in_bucket(received.id));
    shop.server.hold_copies(false);
    let is_removed = async {
        while shop.is_in_bucket(received.id) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, is_removed).await.expect("it goes once it is copied");
    assert_eq!(shop.world.stored(&shop.ana, forwarded.id).await, bytes(30_000));
}
