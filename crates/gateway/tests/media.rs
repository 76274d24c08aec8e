//! Downloads of files, and their retries.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::time::Duration;

use emulator::{
    FaultKind, FaultRequest, MediaKind, MessageStatus, NewMedia, PhoneMessage, ReceiptType,
};
use gateway::Pauses;
use model::{Media, MediaState, Message, MessageKind};
use support::{Agent, PATIENCE, World};

fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

fn photo() -> NewMedia {
    NewMedia {
        caption: Some("olha só".into()),
        width: Some(400),
        height: Some(300),
        thumbnail: Some(b"a small one".to_vec()),
        ..NewMedia::new(MediaKind::Image, "image/jpeg", bytes(30_000))
    }
}

fn state(message: &Message) -> Option<MediaState> {
    message.media.as_ref().map(|media| media.state)
}

fn all_are(wanted: MediaState) -> impl Fn(&[Message]) -> bool {
    move |messages| !messages.is_empty() && messages.iter().all(|one| state(one) == Some(wanted))
}

/// Links a number, and adds a customer.
async fn shop(world: &World) -> (Agent, String, String) {
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    (ana, shop, customer)
}

async fn arm(world: &World, kind: FaultKind, count: u32, phone: &str) {
    let fault = FaultRequest { count: Some(count), ..FaultRequest::new(kind) };
    world.emulator.fault(fault.on(phone)).await.unwrap();
}

#[tokio::test]
async fn files_of_every_kind_are_kept_as_they_were_sent() {
    let world = World::new().await;
    let (ana, shop, customer) = shop(&world).await;
    let film = NewMedia {
        album: Some("3EB0ALBUM".into()),
        ..NewMedia::new(MediaKind::Video, "video/mp4", bytes(90_000))
    };
    let contract = NewMedia {
        file_name: Some("contrato.pdf".into()),
        page_count: Some(12),
        ..NewMedia::new(MediaKind::Document, "application/pdf", bytes(70_000))
    };
    let voice = NewMedia {
        seconds: Some(7),
        waveform: Some(vec![50; 64]),
        ..NewMedia::new(MediaKind::Voice, "audio/ogg; codecs=opus", bytes(9))
    };
    let all = [
        (photo(), MessageKind::Image),
        (film, MessageKind::Video),
        (voice, MessageKind::Audio),
        (contract, MessageKind::Document),
        (NewMedia::new(MediaKind::Sticker, "image/webp", bytes(5_000)), MessageKind::Sticker),
    ];
    for (media, _) in &all {
        world.emulator.send_media(&customer, &shop, media.clone()).await.unwrap();
    }
    let complete =
        |messages: &[Message]| messages.len() == all.len() && all_are(MediaState::Stored)(messages);
    let messages = world.messages_until(&ana, complete).await;
    for (message, (media, kind)) in messages.iter().zip(&all) {
        assert_eq!(message.kind, *kind);
        assert_eq!(world.stored(&ana, message.id).await, media.bytes, "{kind:?}");
    }
    let media = |nth: usize| messages[nth].media.clone().unwrap();
    assert_eq!((messages[0].text.as_str(), media(0).shape), ("olha só", Some((400, 300))));
    assert_eq!((media(1).seconds, media(1).voice), (None, None));
    assert_eq!([0, 1].map(|nth| media(nth).album), [None, Some("3EB0ALBUM".to_owned())]);
    assert_eq!((media(2).seconds, media(2).voice), (Some(7), Some("32".repeat(64))));
    let Media { name, size, pages, .. } = media(3);
    assert_eq!((name.as_deref(), size, &*pages), (Some("contrato.pdf"), 70_000, "12"));
    let file = ana.viewer.media(messages[0].id).await.unwrap();
    assert_eq!(file.preview.as_deref(), Some(&b"a small one"[..]));
    assert_eq!(ana.viewer.connection(ana.connection).await.unwrap().pending, 0);
}

#[tokio::test]
async fn playing_a_voice_note_tells_its_sender_and_playing_it_on_the_own_phone_is_told_here() {
    let world = World::new().await;
    let (ana, shop, customer) = shop(&world).await;
    for seconds in [3, 4] {
        let media = NewMedia {
            seconds: Some(seconds),
            ..NewMedia::new(MediaKind::Voice, "audio/ogg; codecs=opus", bytes(9))
        };
        world.emulator.send_media(&customer, &shop, media).await.unwrap();
    }
    let complete = |messages: &[Message]| messages.len() == 2;
    let notes = world.messages_until(&ana, complete).await;
    let unplayed = |messages: &[Message]| -> Vec<bool> {
        let media = messages.iter().filter_map(|message| message.media.as_ref());
        media.map(|media| media.unplayed).collect()
    };
    assert_eq!(unplayed(&notes), [true, true]);

    let (grant, _) = ana.viewer.write_chat(notes[0].chat).await.unwrap();
    assert!(world.store.mark_played(&grant, notes[0].id).await.unwrap());
    let played = |messages: &[PhoneMessage]| messages[0].status == MessageStatus::Played;
    let there = world.emulator.until(&customer, &shop, PATIENCE, played).await.unwrap();
    assert!(there[1].status < MessageStatus::Read, "it is neither read nor played");
    assert_eq!(unplayed(&ana.messages().await), [false, true]);

    let both = |chat: &[PhoneMessage]| chat.len() == 2;
    world.emulator.until(&shop, &customer, PATIENCE, both).await.unwrap();
    world.emulator.read_as(&shop, &customer, ReceiptType::Played).await.unwrap();
    world.messages_until(&ana, |messages| unplayed(messages) == [false, false]).await;
}

#[tokio::test]
async fn what_a_host_fails_to_give_is_tried_again_by_itself() {
    // The faults outlast the retries of the library, so that the gateway has to retry.
    let faults = [
        (FaultKind::Media503, 1),
        (FaultKind::MediaTruncated, 1),
        (FaultKind::MediaCorrupt, 1),
        (FaultKind::Media401, 2),
    ];
    let media_retry = Duration::from_millis(200);
    let world = World::with_pauses(Pauses { media_retry, ..Pauses::default() }).await;
    let (ana, shop, customer) = shop(&world).await;
    for (nth, (kind, count)) in faults.into_iter().enumerate() {
        arm(&world, kind, count, &customer).await;
        world.emulator.send_media(&customer, &shop, photo()).await.unwrap();
        let came = |messages: &[Message]| {
            messages.len() == nth + 1 && all_are(MediaState::Stored)(messages)
        };
        let messages = world.messages_until(&ana, came).await;
        let last = messages.last().unwrap().id;
        assert_eq!(world.stored(&ana, last).await, photo().bytes, "{kind:?}");
    }
}

/// Sends a photo while the number is away, and triggers a fault of the download.
async fn missed_photo(fault: FaultKind) -> (World, Agent) {
    let mut world = World::new().await;
    let (ana, shop, customer) = shop(&world).await;
    world.stop().await;
    world.emulator.send_media(&customer, &shop, photo()).await.unwrap();
    world.emulator.fault(FaultRequest::new(fault)).await.unwrap();
    world.start_again().await;
    (world, ana)
}

#[tokio::test]
async fn a_file_that_whatsapp_has_no_longer_comes_from_the_phone() {
    let (world, ana) = missed_photo(FaultKind::MediaExpired).await;
    let messages = world.messages_until(&ana, all_are(MediaState::Stored)).await;
    assert_eq!(world.stored(&ana, messages[0].id).await, photo().bytes);
}

#[tokio::test]
async fn a_file_that_nobody_has_is_said_to_be_gone_and_may_be_asked_for_again() {
    let (world, ana) = missed_photo(FaultKind::MediaLost).await;
    let messages = world.messages_until(&ana, all_are(MediaState::Gone)).await;
    assert_eq!(messages[0].text, "olha só", "what was said with it is here");
    let (grant, _) = ana.viewer.write_chat(messages[0].chat).await.unwrap();
    let again = world.store.retry(&grant, messages[0].id).await.unwrap();
    assert_eq!(state(&again), Some(MediaState::Awaited { tries: 0, next_at: None }));
    world.messages_until(&ana, all_are(MediaState::Gone)).await;
}

#[tokio::test]
async fn what_waits_to_be_fetched_says_so_and_outlives_the_process() {
    let mut world = World::new().await;
    let (ana, shop, customer) = shop(&world).await;
    arm(&world, FaultKind::Media503, 2, &customer).await;
    world.emulator.send_media(&customer, &shop, photo()).await.unwrap();
    let failed = |messages: &[Message]| {
        let state = messages.first().and_then(state);
        matches!(state, Some(MediaState::Awaited { tries: 1, next_at: Some(_) }))
    };
    world.messages_until(&ana, failed).await;
    assert_eq!(ana.viewer.connection(ana.connection).await.unwrap().pending, 1);

    // A crash leaves such a file.
    let left = world.media_dir().join(ana.connection.to_string()).join(".half");
    std::fs::write(&left, b"half a picture").unwrap();
    world.restart().await;
    let messages = world.messages_until(&ana, all_are(MediaState::Stored)).await;
    assert_eq!(world.stored(&ana, messages[0].id).await, photo().bytes);
    assert_eq!(ana.viewer.connection(ana.connection).await.unwrap().pending, 0);
    assert!(!left.exists(), "what a crash left is swept");

    // A file that is lost here is fetched again.
    std::fs::remove_dir_all(world.media_dir()).unwrap();
    let file = ana.viewer.media(messages[0].id).await.unwrap();
    world.store.media(file.connection).lost(file.message).await.unwrap();
    world.messages_until(&ana, all_are(MediaState::Stored)).await;
    assert_eq!(world.stored(&ana, messages[0].id).await, photo().bytes);

    // Files go with their number.
    let remove = ana.viewer.grant_remove(ana.connection).await.unwrap();
    world.pool.disconnect(&ana.manage().await).await.unwrap();
    world.pool.remove(&remove).await.unwrap();
    assert_eq!(std::fs::read_dir(world.media_dir()).unwrap().count(), 0);
    assert!(world.pool.follow(ana.connection).is_none(), "and so does its session");
}
