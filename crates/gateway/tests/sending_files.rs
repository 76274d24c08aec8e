//! Files that users send: from the disk to WhatsApp, and on to the phone of the customer.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use emulator::{
    FaultKind, FaultRequest, MediaInfo, MediaKind, NewMedia, PhoneMessage, ReceiptType,
};
use gateway::{Config, MediaLimits, Pauses};
use model::{
    Delivery, EndReason, FailReason, MediaState, Message, MessageId, MessageKind, content::FileKind,
};
use sha2::{Digest as _, Sha256};
use store::{Album, AlbumSize, NewUpload, StickerToSend, UploadedFile};
use support::{Agent, PATIENCE, World, new_id, texts};

/// Clients ask WhatsApp for the progress of an upload from 5 MiB on.
const LARGE: usize = 6 * 1024 * 1024;

/// Length of the encrypted copy of [`LARGE`] bytes: a block of padding, and a checksum.
const LARGE_SEALED: u64 = LARGE as u64 + 16 + 10;

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

/// A file to send.
#[derive(Clone)]
struct NewFile {
    kind: FileKind,
    mime: &'static str,
    bytes: Vec<u8>,
    caption: &'static str,
    name: Option<&'static str>,
    shape: Option<(u32, u32)>,
    seconds: Option<u32>,
    voice: Option<Vec<u8>>,
    preview: Option<Vec<u8>>,
    animated: bool,
    pages: Option<u32>,
    reply_to: Option<MessageId>,
    view_once: bool,
    album: Option<Album>,
}

impl NewFile {
    fn new(kind: FileKind, mime: &'static str, length: usize) -> Self {
        Self {
            kind,
            mime,
            bytes: bytes(length),
            caption: "",
            name: None,
            shape: None,
            seconds: None,
            voice: None,
            preview: None,
            animated: false,
            pages: None,
            reply_to: None,
            view_once: false,
            album: None,
        }
    }

    fn photo() -> Self {
        Self {
            caption: "olha só",
            shape: Some((400, 300)),
            preview: Some(b"a small one".to_vec()),
            ..Self::new(FileKind::Image, "image/jpeg", 30_000)
        }
    }

    fn document(length: usize) -> Self {
        let name = Some("contrato.pdf");
        Self { name, ..Self::new(FileKind::Document, "application/pdf", length) }
    }

    fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }
}

/// A conversation of a number and a customer, who has asked something.
struct Talk {
    world: World,
    ana: Agent,
    shop: String,
    customer: String,
}

impl Talk {
    async fn new() -> Self {
        Self::in_world(World::new().await).await
    }

    /// Creates a conversation whose failed uploads are repeated after this pause.
    async fn with_retries_after(upload_retry: Duration) -> Self {
        Self::in_world(World::with_pauses(Pauses { upload_retry, ..Pauses::default() }).await).await
    }

    async fn in_world(world: World) -> Self {
        let (ana, shop) = world.connected("ana").await;
        let customer = world.emulator.new_phone(None, None).await.unwrap().number;
        world.emulator.send_text(&customer, &shop, "Tem foto?").await.unwrap();
        world.messages_until(&ana, |messages| messages.len() == 1).await;
        Self { world, ana, shop, customer }
    }

    /// Sends a file, as the server does once a browser has sent all of it.
    async fn send(&self, file: &NewFile) -> Message {
        let chat = self.ana.only_chat().await;
        let (grant, chat) = self.ana.viewer.write_chat(chat).await.unwrap();
        let new = NewUpload {
            kind: file.kind,
            caption: file.caption.into(),
            mime: file.mime.into(),
            name: file.name.map(str::to_owned),
            size: file.bytes.len() as u64,
            shape: file.shape,
            seconds: file.seconds,
            voice: file.voice.clone(),
            preview: file.preview.clone(),
            reply_to: file.reply_to,
            view_once: file.view_once,
            album: file.album.clone(),
        };
        let World { store, pool, .. } = &self.world;
        let message = store.begin_upload(&grant, chat.id, new_id(), new).await.unwrap().id;
        let part = pool.upload_path(self.ana.connection, message).await.unwrap();
        std::fs::write(part, &file.bytes).unwrap();
        pool.publish_upload(self.ana.connection, message, None).await.unwrap();
        let found = UploadedFile {
            kind: file.kind,
            mime: file.mime.into(),
            size: file.bytes.len() as u64,
            shape: file.shape,
            seconds: file.seconds,
            voice: file.voice.clone(),
            preview: file.preview.clone(),
            animated: file.animated,
            pages: file.pages,
            file_hash: file.hash(),
        };
        let finished = store.finish_upload(&grant, message, found).await.unwrap();
        pool.forget_upload(self.ana.connection, message).await.unwrap();
        finished
    }

    /// Waits until a message here has this delivery.
    async fn is_here(&self, message: &Message, delivery: Delivery) -> Message {
        let is = |one: &&Message| one.id == message.id && one.delivery == Some(delivery);
        let here = |messages: &[Message]| messages.iter().any(|one| is(&one));
        let messages = self.world.messages_until(&self.ana, here).await;
        messages.iter().find(is).unwrap().clone()
    }

    /// Waits until the customer's phone has a message.
    async fn there(&self, message: &Message) -> PhoneMessage {
        let is = |one: &&PhoneMessage| one.id == message.wa_id.as_str();
        let there = |messages: &[PhoneMessage]| messages.iter().any(|one| is(&one));
        let emulator = &self.world.emulator;
        let messages = emulator.until(&self.customer, &self.shop, PATIENCE, there).await.unwrap();
        messages.iter().find(is).unwrap().clone()
    }

    /// Waits until the customer's phone has a file, and compares it with the one that was sent.
    async fn arrives(&self, message: &Message, file: &NewFile) -> MediaInfo {
        let media = self.there(message).await.media.expect("a file");
        assert_eq!(media.problem, None, "{media:?}");
        let sent = (hex::encode(file.hash()), file.bytes.len() as u64);
        assert_eq!((media.sha256.clone(), media.size), sent);
        media
    }

    /// Arms a fault of the next uploads.
    async fn fault(&self, fault: FaultRequest) {
        self.world.emulator.fault(fault.on(&self.shop)).await.unwrap();
    }

    /// Waits until the media servers have counted something.
    async fn counted(&self, is_so: impl Fn(emulator::StatsReport) -> bool) {
        let counted = async {
            while !is_so(self.world.emulator.stats()) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, counted).await.expect("an upload");
    }

    /// Returns the names in the folder of the number.
    fn on_disk(&self) -> Vec<String> {
        let folder = self.world.media_dir().join(self.ana.connection.to_string());
        let names = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<_> =
            names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[tokio::test]
async fn photos_and_videos_that_are_sent_together_arrive_as_one_album() {
    let talk = Talk::new().await;
    let wa_id = new_id();
    let announces = Some(AlbumSize { images: 2, videos: 1 });
    let part = |announces| Some(Album { wa_id: wa_id.clone(), announces });
    let video = NewFile::new(FileKind::Video, "video/mp4", 90_000);
    let all = [
        NewFile { album: part(announces), ..NewFile::photo() },
        NewFile { album: part(None), bytes: bytes(30_001), ..NewFile::photo() },
        NewFile { album: part(None), ..video },
        // It is no picture after all.
        NewFile { album: part(None), ..NewFile::document(10) },
    ];
    let mut albums = Vec::new();
    for file in &all {
        let message = talk.send(file).await;
        assert_eq!(message.media.clone().unwrap().album.is_some(), file.kind != FileKind::Document);
        talk.arrives(&message, file).await;
        albums.push(talk.there(&message).await.album);
        talk.is_here(&message, Delivery::Delivered).await;
    }
    let album = Some(wa_id.as_str().to_owned());
    assert_eq!(albums, [album.clone(), album.clone(), album, None]);
    let there = talk.world.emulator.messages(&talk.customer, &talk.shop).await.unwrap();
    let announced: Vec<_> =
        there.iter().filter_map(|one| Some((&*one.id, one.announces?))).collect();
    assert_eq!(announced, [(wa_id.as_str(), (2, 1))], "once, before the first");
}

#[tokio::test]
async fn files_of_every_kind_arrive_as_they_were_sent() {
    let talk = Talk::new().await;
    let question = talk.ana.messages().await.remove(0);
    let wave: Vec<u8> = (0..64).collect();
    let video = NewFile {
        shape: Some((640, 360)),
        seconds: Some(12),
        preview: Some(b"a frame".to_vec()),
        ..NewFile::new(FileKind::Video, "video/mp4", 90_000)
    };
    let song =
        NewFile { seconds: Some(180), ..NewFile::new(FileKind::Audio, "audio/mpeg", 20_000) };
    let voice = NewFile {
        seconds: Some(7),
        voice: Some(wave.clone()),
        ..NewFile::new(FileKind::Audio, "audio/ogg; codecs=opus", 9)
    };
    let contract = NewFile {
        caption: "segue o contrato",
        pages: Some(12),
        reply_to: Some(question.id),
        ..NewFile::document(70_000)
    };
    let plain = NewFile::document(1);
    let sticker = NewFile {
        shape: Some((512, 512)),
        animated: true,
        ..NewFile::new(FileKind::Sticker, "image/webp", 40_000)
    };
    let all = [
        (NewFile::photo(), emulator::MessageKind::Image),
        (video, emulator::MessageKind::Video),
        (song, emulator::MessageKind::Audio),
        (voice, emulator::MessageKind::Audio),
        (contract, emulator::MessageKind::Document),
        (plain, emulator::MessageKind::Document),
        (sticker, emulator::MessageKind::Sticker),
    ];
    let mut sent = Vec::new();
    for (file, _) in &all {
        let message = talk.send(file).await;
        assert_eq!(message.media.as_ref().unwrap().state, MediaState::Stored);
        sent.push(message);
    }

    let mut media = Vec::new();
    for (message, (file, kind)) in sent.iter().zip(&all) {
        let info = talk.arrives(message, file).await;
        assert_eq!(info.mime, file.mime);
        assert_eq!((info.seconds, info.width.zip(info.height)), (file.seconds, file.shape));
        assert_eq!(info.thumbnail, file.preview.as_ref().map(|jpeg| jpeg.len() as u64));
        let there = talk.there(message).await;
        assert_eq!(there.kind, *kind);
        assert_eq!(there.text.as_deref().unwrap_or_default(), file.caption);
        media.push(info);
        talk.is_here(message, Delivery::Delivered).await;
    }
    assert_eq!((media[2].ptt, media[2].waveform.as_ref()), (false, None));
    assert_eq!((media[3].ptt, &media[3].waveform), (true, &Some(BASE64_STANDARD.encode(&wave))));
    let names: Vec<_> = media.iter().map(|media| media.file_name.as_deref()).collect();
    assert_eq!(names, [None, None, None, None, Some("contrato.pdf"), Some("contrato.pdf"), None]);
    let pages: Vec<_> = media.iter().map(|media| media.page_count).collect();
    assert_eq!(pages, [None, None, None, None, Some(12), None, None]);
    // A checksum of ten bytes for each 64 KiB of the encrypted file.
    let sidecars: Vec<_> = media.iter().map(|media| media.sidecar).collect();
    assert_eq!(sidecars, [None, Some(20), Some(10), Some(10), None, None, None]);
    let moving: Vec<_> = media.iter().map(|media| media.animated).collect();
    assert_eq!(moving, [false, false, false, false, false, false, true]);
    let quoted = talk.there(&sent[4]).await.quoted;
    assert_eq!(quoted.as_deref(), Some(question.wa_id.as_str()));

    // The own phone can open them, too.
    let own = |messages: &[PhoneMessage]| {
        let files = messages.iter().filter_map(|message| message.media.as_ref());
        files.filter(|media| media.problem.is_none()).count() == all.len()
    };
    let emulator = &talk.world.emulator;
    emulator.until(&talk.shop, &talk.customer, PATIENCE, own).await.unwrap();
    assert_eq!(emulator.stats().uploads, all.len() as u64);
    let mut names: Vec<String> = sent.iter().map(|message| message.id.to_string()).collect();
    names.sort();
    assert_eq!(talk.on_disk(), names, "no encrypted copy is left");
}

#[tokio::test]
async fn a_file_to_be_viewed_once_arrives_so_and_leaves_the_disk() {
    let talk = Talk::new().await;
    let kept = talk.send(&NewFile::photo()).await;
    let once = [
        NewFile { view_once: true, bytes: bytes(30_001), ..NewFile::photo() },
        NewFile { view_once: true, ..NewFile::new(FileKind::Video, "video/mp4", 90_000) },
        NewFile {
            view_once: true,
            voice: Some(vec![50; 64]),
            ..NewFile::new(FileKind::Audio, "audio/ogg; codecs=opus", 9)
        },
    ];
    let mut sent = Vec::new();
    for file in &once {
        let message = talk.send(file).await;
        assert_eq!(message.media.as_ref().unwrap().state, MediaState::ViewOnce);
        sent.push(message);
    }
    for (message, file) in sent.iter().zip(&once) {
        talk.arrives(message, file).await;
        assert!(talk.there(message).await.view_once);
        let here = talk.is_here(message, Delivery::Delivered).await;
        let media = here.media.unwrap();
        assert_eq!((media.state, media.preview), (MediaState::ViewOnce, false));
    }
    assert!(!talk.there(&kept).await.view_once);
    let is_gone = async {
        while talk.on_disk() != [kept.id.to_string()] {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, is_gone).await.expect("only the other photo is on the disk");
}

#[tokio::test]
async fn a_received_sticker_goes_back_as_it_came() {
    let talk = Talk::new().await;
    let sticker = NewMedia {
        width: Some(512),
        height: Some(512),
        animated: true,
        ..NewMedia::new(MediaKind::Sticker, "image/webp", bytes(5_000))
    };
    talk.world.emulator.send_media(&talk.customer, &talk.shop, sticker.clone()).await.unwrap();
    let is_stored = |message: &Message| {
        message.media.as_ref().is_some_and(|media| media.state == MediaState::Stored)
    };
    let is_here = |messages: &[Message]| messages.iter().any(is_stored);
    let received = talk.world.messages_until(&talk.ana, is_here).await.pop().unwrap();
    assert_eq!(received.kind, MessageKind::Sticker);

    let (grant, chat) = talk.ana.viewer.write_chat(received.chat).await.unwrap();
    let to_send = StickerToSend { source: received.id, reply_to: Some(received.id) };
    let (viewer, store) = (&talk.ana.viewer, &talk.world.store);
    let sent = store.send_sticker(viewer, &grant, chat.id, new_id(), to_send).await.unwrap();
    let there = talk.there(&sent).await;
    assert_eq!(there.kind, emulator::MessageKind::Sticker);
    assert_eq!(there.quoted.as_deref(), Some(received.wa_id.as_str()));
    let media = there.media.expect("a file");
    assert_eq!((media.problem, media.animated), (None, true));
    assert_eq!((media.width, media.height), (Some(512), Some(512)));
    assert_eq!(media.sha256, hex::encode(Sha256::digest(&sticker.bytes)));
    talk.is_here(&sent, Delivery::Delivered).await;
}

#[tokio::test]
async fn a_file_that_is_forwarded_just_before_the_process_ends_is_copied_by_the_next_one() {
    let mut talk = Talk::new().await;
    let photo = NewFile::photo();
    let first = talk.send(&photo).await;
    talk.is_here(&first, Delivery::Delivered).await;
    talk.world.stop().await;
    let (grant, chat) = talk.ana.viewer.write_chat(first.chat).await.unwrap();
    let (viewer, store) = (&talk.ana.viewer, &talk.world.store);
    let second = store.forward(viewer, &grant, chat.id, new_id(), first.id).await.unwrap();
    assert_eq!(talk.world.stored(&talk.ana, second.id).await, photo.bytes);
    assert_eq!(talk.on_disk(), [first.id.to_string()]);

    talk.world.start_again().await;
    talk.arrives(&second, &photo).await;
    let is_copied = async {
        while talk.on_disk().len() < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, is_copied).await.expect("it has a name of its own");
    assert_eq!(talk.world.emulator.stats().uploads, 1, "WhatsApp has it already");
    let folder = talk.world.media_dir().join(talk.ana.connection.to_string());
    std::fs::remove_file(folder.join(first.id.to_string())).unwrap();
    assert_eq!(talk.world.stored(&talk.ana, second.id).await, photo.bytes);
}

#[tokio::test]
async fn a_voice_note_that_the_customer_played_is_more_than_read() {
    let talk = Talk::new().await;
    let voice = NewFile {
        seconds: Some(7),
        voice: Some(vec![50; 64]),
        ..NewFile::new(FileKind::Audio, "audio/ogg; codecs=opus", 9)
    };
    let (note, photo) = (talk.send(&voice).await, talk.send(&NewFile::photo()).await);
    for message in [&note, &photo] {
        talk.there(message).await;
        talk.is_here(message, Delivery::Delivered).await;
    }
    let emulator = &talk.world.emulator;
    emulator.read(&talk.customer, &talk.shop).await.unwrap();
    talk.is_here(&note, Delivery::Read).await;
    let again = talk.send(&voice).await;
    talk.there(&again).await;
    talk.is_here(&again, Delivery::Delivered).await;
    // The phone reports the second one as read and played at once.
    let played = emulator.read_as(&talk.customer, &talk.shop, ReceiptType::Played).await.unwrap();
    assert_eq!(played, 2);
    for message in [&note, &again] {
        talk.is_here(message, Delivery::Played).await;
    }
    talk.is_here(&photo, Delivery::Read).await;
}

#[tokio::test]
async fn uploads_that_a_host_disturbs_end_well() {
    let talk = Talk::with_retries_after(Duration::from_millis(100)).await;
    let new = FaultRequest::new;
    let refused = |code| FaultRequest { code, ..new(FaultKind::UploadRefused) };
    let faults = [
        (30_000, refused(None)),
        (30_001, refused(Some(401))),
        // The host does not read all of it before it answers.
        (LARGE, refused(Some(401))),
        (30_002, FaultRequest { count: Some(4), ..refused(Some(507)) }),
        (30_003, FaultRequest { delay_ms: Some(200), ..new(FaultKind::UploadSlow) }),
        (30_004, new(FaultKind::UploadBroken)),
    ];
    for (nth, (length, fault)) in faults.into_iter().enumerate() {
        talk.fault(fault).await;
        // Each file is another one: WhatsApp has the others already.
        let file = NewFile { bytes: bytes(length), ..NewFile::photo() };
        let message = talk.send(&file).await;
        talk.arrives(&message, &file).await;
        talk.is_here(&message, Delivery::Delivered).await;
        assert_eq!(talk.world.emulator.stats().uploads, nth as u64 + 1);
    }
}

#[tokio::test]
async fn a_file_that_whatsapp_does_not_take_fails_and_is_uploaded_when_a_user_tries_again() {
    let talk = Talk::with_retries_after(Duration::from_millis(10)).await;
    let (code, count) = (Some(413), Some(5));
    talk.fault(FaultRequest { code, count, ..FaultRequest::new(FaultKind::UploadRefused) }).await;
    let file = NewFile::photo();
    let message = talk.send(&file).await;
    let failed = Delivery::Failed { reason: FailReason::Upload };
    talk.is_here(&message, failed).await;
    let stats = talk.world.emulator.stats();
    assert_eq!((stats.upload_requests, stats.uploads), (5, 0));

    let (grant, _) = talk.ana.viewer.write_chat(message.chat).await.unwrap();
    talk.world.store.retry(&grant, message.id).await.unwrap();
    talk.arrives(&message, &file).await;
    talk.is_here(&message, Delivery::Delivered).await;
}

#[tokio::test]
async fn a_file_that_is_not_on_the_disk_as_it_was_fails_at_once() {
    let mut talk = Talk::new().await;
    talk.world.stop().await;
    let lost = talk.send(&NewFile::photo()).await;
    let changed = talk.send(&NewFile::photo()).await;
    let other = talk.send(&NewFile::document(10)).await;
    let folder = talk.world.media_dir().join(talk.ana.connection.to_string());
    std::fs::remove_file(folder.join(lost.id.to_string())).unwrap();
    std::fs::write(folder.join(changed.id.to_string()), bytes(40_000)).unwrap();
    talk.world.start_again().await;
    for message in [lost, changed] {
        talk.is_here(&message, Delivery::Failed { reason: FailReason::Upload }).await;
    }
    talk.arrives(&other, &NewFile::document(10)).await;
    assert_eq!(talk.world.emulator.stats().upload_requests, 1);
}

#[tokio::test]
async fn an_upload_goes_on_after_a_restart_where_it_broke_off() {
    // The session that begins it does not try again.
    let mut talk = Talk::with_retries_after(Duration::from_secs(600)).await;
    talk.fault(FaultRequest::new(FaultKind::UploadBroken)).await;
    let file = NewFile::document(LARGE);
    let message = talk.send(&file).await;
    talk.counted(|stats| stats.upload_bytes >= LARGE_SEALED / 2).await;
    // The remains of a crash are removed.
    let folder = talk.world.media_dir().join(talk.ana.connection.to_string());
    talk.world.stop().await;
    std::fs::write(folder.join(".sealed-half"), b"half a copy").unwrap();
    talk.world.start_again().await;

    talk.arrives(&message, &file).await;
    talk.is_here(&message, Delivery::Delivered).await;
    let stats = talk.world.emulator.stats();
    assert_eq!((stats.upload_requests, stats.uploads), (2, 1));
    assert_eq!(stats.upload_bytes, LARGE_SEALED, "each byte left once");
    assert_eq!(talk.on_disk(), [message.id.to_string()]);
}

#[tokio::test]
async fn a_file_that_is_sent_twice_is_uploaded_once() {
    let talk = Talk::new().await;
    let file = NewFile::photo();
    for _ in 0..2 {
        let message = talk.send(&file).await;
        talk.arrives(&message, &file).await;
        talk.is_here(&message, Delivery::Delivered).await;
    }
    assert_eq!(talk.world.emulator.stats().uploads, 1);
    // The keys of a file depend on the kind of its message.
    let document = NewFile { kind: FileKind::Document, ..file };
    let message = talk.send(&document).await;
    talk.arrives(&message, &document).await;
    assert_eq!(talk.world.emulator.stats().uploads, 2);
}

#[tokio::test]
async fn a_text_overtakes_a_file_and_files_of_a_chat_keep_their_order() {
    let talk = Talk::new().await;
    let slow = FaultRequest { delay_ms: Some(3_000), ..FaultRequest::new(FaultKind::UploadSlow) };
    talk.fault(slow).await;
    let photo = talk.send(&NewFile::photo()).await;
    let document = talk.send(&NewFile::document(10)).await;
    talk.counted(|stats| stats.upload_requests == 1).await;
    let text = talk.ana.send(&talk.world.store, "já mando").await;
    talk.there(&document).await;
    let chat = talk.world.emulator.messages(&talk.customer, &talk.shop).await.unwrap();
    let ids: Vec<&str> = chat.iter().skip(1).map(|message| message.id.as_str()).collect();
    let expected = [&text, &photo, &document].map(|message| message.wa_id.as_str());
    assert_eq!(ids, expected);
    let here = talk.ana.messages().await;
    assert_eq!(texts(&here)[1..], ["olha só", "", "já mando"], "here they stay as they were sent");
    assert_eq!(here[2].kind, MessageKind::Document);
}

#[tokio::test]
async fn an_unlinked_number_does_not_send_what_is_under_way() {
    let talk = Talk::new().await;
    let slow = FaultRequest { delay_ms: Some(20_000), ..FaultRequest::new(FaultKind::UploadSlow) };
    talk.fault(slow).await;
    let message = talk.send(&NewFile::photo()).await;
    talk.counted(|stats| stats.upload_requests == 1).await;
    talk.world.emulator.fault(FaultRequest::new(FaultKind::Removed)).await.unwrap();
    talk.is_here(&message, Delivery::Failed { reason: FailReason::Unlinked }).await;
    let row = talk.ana.viewer.connection(talk.ana.connection).await.unwrap();
    assert_eq!(row.last_end, Some(EndReason::UnlinkedByPhone));
    assert_eq!(talk.world.emulator.stats().uploads, 0);
}

#[tokio::test]
async fn without_room_nothing_is_taken_from_a_browser_and_a_file_waits() {
    let full = MediaLimits { reserve: u64::MAX / 4, ..MediaLimits::default() };
    let world = World::configured(|config| Config { media: full, ..config }).await;
    let mut talk = Talk::in_world(world).await;
    assert!(talk.world.pool.reserve_upload(1).await.unwrap().is_none());
    let message = talk.send(&NewFile::photo()).await;
    let text = talk.ana.send(&talk.world.store, "texto").await;
    talk.is_here(&text, Delivery::Delivered).await;
    talk.is_here(&message, Delivery::Queued).await;
    assert_eq!(talk.world.emulator.stats().upload_requests, 0);

    talk.world.restart().await;
    let room = talk.world.pool.reserve_upload(1_000).await.unwrap().unwrap();
    room.set_written(1_000);
    talk.arrives(&message, &NewFile::photo()).await;
}

#[tokio::test]
async fn an_incomplete_file_outlives_a_restart_and_goes_when_it_is_discarded() {
    let mut talk = Talk::new().await;
    let (number, message) = (talk.ana.connection, MessageId(4_000));
    let part = talk.world.pool.upload_path(number, message).await.unwrap();
    std::fs::write(&part, b"half").unwrap();
    talk.world.restart().await;
    talk.world.until(number, |state| *state == model::ConnectionState::Connected).await;
    // The uploader removed encrypted copies before this.
    let sent = talk.send(&NewFile::document(3)).await;
    talk.is_here(&sent, Delivery::Delivered).await;
    assert_eq!(talk.world.pool.upload_path(number, message).await.unwrap(), part);
    assert_eq!(std::fs::read(&part).unwrap(), b"half");
    talk.world.pool.discard_upload(number, message).await.unwrap();
    assert_eq!(talk.on_disk(), [sent.id.to_string()]);
}
