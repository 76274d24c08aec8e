//! Hostile files: they lead to other hosts, or exceed the room there is.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::net::TcpListener;

use emulator::{FaultKind, FaultRequest, MediaKind, NewMedia};
use gateway::{Config, MediaLimits};
use model::{ConnectionState, MediaState, Message};
use sea_orm::{ConnectionTrait as _, Database};
use support::{Agent, PATIENCE, World, texts};

/// A host that a sender chose. It notices every connection and never answers.
struct Elsewhere(TcpListener);

impl Elsewhere {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    fn nobody_came(&self) -> bool {
        matches!(self.0.accept(), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    }
}

fn photo(length: usize) -> NewMedia {
    NewMedia {
        caption: Some("olha só".into()),
        ..NewMedia::new(MediaKind::Image, "image/jpeg", vec![7; length])
    }
}

fn state(message: &Message) -> Option<MediaState> {
    message.media.as_ref().map(|media| media.state)
}

fn states(messages: &[Message]) -> Vec<MediaState> {
    messages.iter().filter_map(state).collect()
}

fn is_settled(message: &Message) -> bool {
    !matches!(state(message), Some(MediaState::Awaited { .. }))
}

async fn shop(world: &World) -> (Agent, String, String) {
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    (ana, shop, customer)
}

#[tokio::test]
async fn a_path_that_leads_elsewhere_reaches_nobody_and_the_message_says_so() {
    let elsewhere = Elsewhere::open();
    let port = elsewhere.port();
    let world = World::new().await;
    let (ana, shop, customer) = shop(&world).await;
    let paths = [
        format!("@127.0.0.1:{port}/x"),
        format!(":x@127.0.0.1:{port}/v/t62.7118-24/x?oh=1"),
        format!("//127.0.0.1:{port}/x"),
        format!("\\@127.0.0.1:{port}/x"),
        format!("?@127.0.0.1:{port}/x"),
        ".other.example/x".to_owned(),
    ];
    for path in &paths {
        let forged = NewMedia { direct_path: Some(path.clone()), ..photo(3_000) };
        world.emulator.send_media(&customer, &shop, forged).await.unwrap();
    }
    world.emulator.send_media(&customer, &shop, photo(3_000)).await.unwrap();
    let all =
        |messages: &[Message]| messages.len() == paths.len() + 1 && messages.iter().all(is_settled);
    let messages = world.messages_until(&ana, all).await;
    let (good, forged) = messages.split_last().unwrap();
    assert_eq!(states(forged), vec![MediaState::Refused; paths.len()]);
    assert!(forged.iter().all(|message| message.text == "olha só"));
    assert_eq!(state(good), Some(MediaState::Stored), "others go on");

    // It is not downloaded on request either.
    let (grant, _) = ana.viewer.write_chat(forged[0].chat).await.unwrap();
    let again = world.store.retry(&grant, forged[0].id).await.unwrap();
    assert_eq!(state(&again), Some(MediaState::Refused));
    assert!(elsewhere.nobody_came());
}

#[tokio::test]
async fn a_path_from_before_it_was_looked_at_is_refused_at_the_download() {
    let elsewhere = Elsewhere::open();
    let mut world = World::new().await;
    let (ana, shop, customer) = shop(&world).await;
    world.emulator.send_media(&customer, &shop, photo(3_000)).await.unwrap();
    world.messages_until(&ana, |messages| states(messages) == [MediaState::Stored]).await;
    world.stop().await;
    let raw = Database::connect(world.database()).await.unwrap();
    let forged = format!(
        "UPDATE media SET direct_path = '@127.0.0.1:{}/x', state = 'awaited', next_at = 0",
        elsewhere.port()
    );
    raw.execute_unprepared(&forged).await.unwrap();
    world.start_again().await;
    world.messages_until(&ana, |messages| states(messages) == [MediaState::Refused]).await;
    assert!(elsewhere.nobody_came());
}

#[tokio::test]
async fn a_phone_that_puts_a_file_elsewhere_is_not_followed() {
    let elsewhere = Elsewhere::open();
    let mut world = World::new().await;
    let (ana, shop, customer) = shop(&world).await;
    world.stop().await;
    world.emulator.send_media(&customer, &shop, photo(3_000)).await.unwrap();
    world.emulator.fault(FaultRequest::new(FaultKind::MediaExpired)).await.unwrap();
    let location = Some(format!("@127.0.0.1:{}/x", elsewhere.port()));
    let forged = FaultRequest { location, ..FaultRequest::new(FaultKind::ReuploadElsewhere) };
    world.emulator.fault(forged).await.unwrap();
    world.start_again().await;
    world.messages_until(&ana, |messages| states(messages) == [MediaState::Refused]).await;
    assert!(elsewhere.nobody_came());
}

#[tokio::test]
async fn a_host_that_sends_us_elsewhere_is_not_followed() {
    let elsewhere = Elsewhere::open();
    let world = World::new().await;
    let (ana, shop, customer) = shop(&world).await;
    for (nth, scheme) in ["https", "http"].into_iter().enumerate() {
        let location = Some(format!("{scheme}://127.0.0.1:{}/x", elsewhere.port()));
        let redirect = FaultRequest { location, ..FaultRequest::new(FaultKind::MediaRedirect) };
        world.emulator.fault(redirect.on(&customer)).await.unwrap();
        world.emulator.send_media(&customer, &shop, photo(3_000)).await.unwrap();
        let came =
            |messages: &[Message]| messages.len() == nth + 1 && messages.iter().all(is_settled);
        let messages = world.messages_until(&ana, came).await;
        assert_eq!(states(&messages), vec![MediaState::GivenUp; nth + 1], "{scheme}");
    }
    world.emulator.send_media(&customer, &shop, photo(3_000)).await.unwrap();
    let last = |messages: &[Message]| messages.last().and_then(state) == Some(MediaState::Stored);
    let messages = world.messages_until(&ana, last).await;
    assert!(elsewhere.nobody_came());

    // WhatsApp still has the files, so a retry on request succeeds.
    let (grant, _) = ana.viewer.write_chat(messages[0].chat).await.unwrap();
    world.store.retry(&grant, messages[0].id).await.unwrap();
    let first = |messages: &[Message]| messages.first().and_then(state) == Some(MediaState::Stored);
    let messages = world.messages_until(&ana, first).await;
    assert_eq!(state(&messages[1]), Some(MediaState::GivenUp), "not by itself");
}

#[tokio::test]
async fn a_flood_washes_away_itself_and_neither_messages_nor_the_files_of_others() {
    const SIZE: usize = 30_000;
    const FLOOD: usize = 12;
    let quotas = MediaLimits { per_sender: Some(100_000), ..MediaLimits::default() };
    let world = World::configured(|config| Config { media: quotas, ..config }).await;
    let (ana, shop, customer) = shop(&world).await;
    let (bia, other_shop) = world.connected("bia").await;
    // Each file that the number itself sends is larger than the quota. All of them arrive and stay.
    world.emulator.send_media(&shop, &customer, photo(110_000)).await.unwrap();
    world.emulator.send_media(&shop, &customer, photo(110_000)).await.unwrap();
    let before = |messages: &[Message]| states(messages) == [MediaState::Stored; 2];
    world.messages_until(&ana, before).await;

    let flood = async {
        for nth in 0..FLOOD {
            world.emulator.send_media(&customer, &shop, photo(SIZE)).await.unwrap();
            world.emulator.send_text(&customer, &shop, &format!("texto {nth}")).await.unwrap();
        }
    };
    let quiet = world.emulator.send_media(&customer, &other_shop, photo(SIZE));
    tokio::join!(flood, async { quiet.await.unwrap() });

    // Files beyond the quota are removed after the new ones are shown.
    let all = |messages: &[Message]| {
        let stored = states(messages).iter().filter(|state| **state == MediaState::Stored).count();
        messages.len() == 2 + 2 * FLOOD && messages.iter().all(is_settled) && stored <= 2 + 3
    };
    let messages = world.messages_until(&ana, all).await;
    let said: Vec<String> = (0..FLOOD).map(|nth| format!("texto {nth}")).collect();
    let heard = texts(&messages).into_iter().filter(|text| text.starts_with("texto"));
    assert_eq!(heard.collect::<Vec<_>>(), said);
    let states = states(&messages);
    assert_eq!(states[..2], [MediaState::Stored; 2], "what was sent stays");
    let kept = states[2..].iter().filter(|state| **state == MediaState::Stored).count();
    assert_eq!(kept, 3, "three fit: {states:?}");
    assert!(
        states[2..]
            .iter()
            .all(|state| { matches!(state, MediaState::Stored | MediaState::Evicted) })
    );
    world.messages_until(&bia, |messages| self::states(messages) == [MediaState::Stored]).await;

    let deleted = async {
        while !world.store.evicting_media().await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, deleted).await.unwrap();
    let folder = world.media_dir().join(ana.connection.to_string());
    let on_disk = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let bytes: u64 = on_disk.map(|entry| entry.metadata().unwrap().len()).sum();
    assert_eq!(bytes, 2 * 110_000 + 3 * SIZE as u64);
}

#[tokio::test]
async fn a_file_beyond_its_quota_is_refused_in_words_and_not_fetched() {
    let quotas = MediaLimits { per_sender: Some(3_000), ..MediaLimits::default() };
    let world = World::configured(|config| Config { media: quotas, ..config }).await;
    let (ana, shop, customer) = shop(&world).await;
    world.emulator.send_media(&customer, &shop, photo(3_001)).await.unwrap();
    world.emulator.send_media(&customer, &shop, photo(3_000)).await.unwrap();
    let both = |messages: &[Message]| messages.len() == 2 && messages.iter().all(is_settled);
    let messages = world.messages_until(&ana, both).await;
    assert_eq!(states(&messages), [MediaState::TooLarge, MediaState::Stored]);
}

#[tokio::test]
async fn below_the_floor_for_files_messages_keep_coming_and_files_come_when_there_is_room() {
    let full = MediaLimits { reserve: u64::MAX / 4, ..MediaLimits::default() };
    let mut world = World::configured(|config| Config { media: full, ..config }).await;
    let (ana, shop, customer) = shop(&world).await;
    world.emulator.send_media(&customer, &shop, photo(3_000)).await.unwrap();
    world.emulator.send_text(&customer, &shop, "chegou?").await.unwrap();
    let waits = |messages: &[Message]| {
        let tried = matches!(states(messages)[..], [MediaState::Awaited { tries: 1.., .. }]);
        tried && texts(messages) == ["olha só", "chegou?"]
    };
    world.messages_until(&ana, waits).await;
    assert_eq!(world.state(ana.connection), ConnectionState::Connected, "it is not paused");
    assert_eq!(world.pool.storage_trouble(), None);

    world.restart().await;
    let came = |messages: &[Message]| states(messages) == [MediaState::Stored];
    world.messages_until(&ana, came).await;
}
