//! Each end and each wait of a session has its own state, and deletes or keeps the keys as it
//! should.

mod support;

use std::time::{Duration, Instant};

use chrono::Utc;
use emulator::{FaultKind, FaultRequest};
use gateway::{Pauses, Pool};
use model::{ConnectionState, Delivery, EndReason, FailReason};
use support::{Agent, World, config, last_delivery};

/// Connects the number of an agent and triggers a fault.
async fn hit(fault: FaultRequest) -> (World, Agent) {
    let world = World::new().await;
    let (ana, _) = world.connected("ana").await;
    world.emulator.fault(fault).await.expect("a fault");
    (world, ana)
}

/// Waits for an end, and checks that it is stored for the next start of the process.
async fn ends(world: &World, ana: &Agent, reason: EndReason) {
    let ended = ConnectionState::Disconnected { reason: Some(reason) };
    world.until(ana.connection, |state| *state == ended).await;
    let row = ana.viewer.connection(ana.connection).await.expect("their own");
    assert_eq!(row.last_end, Some(reason));
}

/// Waits until the next attempt is announced, and then for the connection.
async fn comes_back(world: &World, ana: &Agent) {
    let waits = |state: &ConnectionState| matches!(state, ConnectionState::Connecting { retry_at: Some(at) } if *at > Utc::now() - Duration::from_secs(5));
    world.until(ana.connection, waits).await;
    world.until(ana.connection, |state| *state == ConnectionState::Connected).await;
}

#[tokio::test]
async fn logged_out_and_the_keys_are_gone() {
    for kind in [FaultKind::LoggedOut, FaultKind::Removed] {
        let (world, ana) = hit(FaultRequest::new(kind)).await;
        ends(&world, &ana, EndReason::UnlinkedByPhone).await;
        assert!(!world.keys(ana.connection).exists());
    }
}

/// Declares the phone of an agent's number, and scans its QR with a phone.
async fn scanned(expected: &str, phone: &str) -> (World, Agent) {
    let world = World::new().await;
    let ana = world.agent("ana").await;
    let expected = phone::number(expected);
    world.store.expect_phone(&ana.manage().await, Some(&expected)).await.expect("it is declared");
    let phone = world.emulator.new_phone(Some(phone), None).await.expect("a phone").number;
    let customer = world.emulator.new_phone(None, None).await.expect("a phone").number;
    world.pool.connect(&ana.manage().await).await.expect("connecting begins");
    let qr = world.qr(ana.connection).await;
    world.emulator.scan_with(&phone, &qr).await.expect("it links");
    // The message waits for the first login and comes with it.
    world.emulator.send_text(&customer, &phone, "segredo").await.expect("it is sent");
    (world, ana)
}

#[tokio::test]
async fn another_phone_than_the_declared_one_is_unlinked_and_nothing_of_it_kept() {
    let (world, ana) = scanned("5561998124471", "5561999990042").await;
    ends(&world, &ana, EndReason::WrongNumber { ends_in: 42 }).await;
    assert!(!world.keys(ana.connection).exists());
    assert!(world.emulator.phone_info("5561999990042").await.unwrap().devices.is_empty());
    let row = ana.viewer.connection(ana.connection).await.expect("their own");
    assert_eq!((row.linked, row.phone), (false, None));
    assert!(ana.chats().await.is_empty());
    // The right phone may link afterwards.
    world.pool.connect(&ana.manage().await).await.expect("connecting begins");
    world.qr(ana.connection).await;
}

#[tokio::test]
async fn the_declared_phone_links_with_or_without_its_ninth_digit() {
    let (world, ana) = scanned("5561998124471", "556198124471").await;
    world.until(ana.connection, |state| *state == ConnectionState::Connected).await;
    world.messages_until(&ana, |messages| messages.len() == 1).await;
}

#[tokio::test]
async fn replaced_and_the_keys_can_take_over_again() {
    let (world, ana) = hit(FaultRequest::new(FaultKind::Replaced)).await;
    ends(&world, &ana, EndReason::Replaced).await;
    assert!(world.keys(ana.connection).exists());
    world.pool.connect(&ana.manage().await).await.expect("connecting begins");
    world.until(ana.connection, |state| *state == ConnectionState::Connected).await;
}

#[tokio::test]
async fn banned_until_the_time_whatsapp_said() {
    let ban = FaultRequest { expire_secs: Some(7200), ..FaultRequest::new(FaultKind::Ban) };
    let (world, ana) = hit(ban).await;
    let state = world
        .until(ana.connection, |state| matches!(state, ConnectionState::Disconnected { .. }))
        .await;
    let ConnectionState::Disconnected { reason: Some(EndReason::Banned { until: Some(until) }) } =
        state
    else {
        panic!("{state:?}")
    };
    let left = (until - Utc::now()).num_seconds();
    assert!((7100..=7200).contains(&left), "{left} s");
    assert!(world.keys(ana.connection).exists());
}

#[tokio::test]
async fn a_locked_account_is_banned_not_unlinked() {
    let locked = FaultRequest { code: Some(403), ..FaultRequest::new(FaultKind::Refused) };
    let (world, ana) = hit(locked).await;
    ends(&world, &ana, EndReason::Banned { until: None }).await;
    assert!(world.keys(ana.connection).exists());
}

#[tokio::test]
async fn outdated() {
    let (world, ana) = hit(FaultRequest::new(FaultKind::Outdated)).await;
    ends(&world, &ana, EndReason::Outdated).await;
    assert!(world.keys(ana.connection).exists());
}

#[tokio::test]
async fn the_codes_ran_out_unread_and_one_click_brings_new_ones() {
    let world = World::with_pairing_pace(60).await;
    let ana = world.agent("ana").await;
    world.pool.connect(&ana.manage().await).await.expect("connecting begins");
    world.qr(ana.connection).await;
    ends(&world, &ana, EndReason::QrExpired).await;
    world.pool.connect(&ana.manage().await).await.expect("connecting begins");
    world.qr(ana.connection).await;
}

#[tokio::test]
async fn a_code_that_nobody_typed_ran_out_and_another_can_be_asked_for() {
    let world = World::with_pairing_pace(60).await;
    let ana = world.agent("ana").await;
    let phone = world.emulator.new_phone(None, None).await.expect("a phone").number;
    let mut shown = Vec::new();
    for _ in 0..2 {
        world
            .pool
            .connect_with_code(&ana.manage().await, &phone::number(&phone))
            .await
            .expect("it begins");
        let state = world
            .until(ana.connection, |state| {
                matches!(state, ConnectionState::AwaitingCode { code: Some(_) })
            })
            .await;
        let ConnectionState::AwaitingCode { code: Some(code) } = state else { panic!("{state:?}") };
        shown.push(code.code);
        ends(&world, &ana, EndReason::CodeExpired).await;
    }
    assert_ne!(shown[0], shown[1]);
}

#[tokio::test]
async fn a_restricted_number_is_said_on_the_message_and_stays_connected() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.expect("a phone").number;
    world.emulator.send_text(&customer, &shop, "oi").await.expect("it is sent");
    world.messages_until(&ana, |messages| !messages.is_empty()).await;
    for code in [463, 479] {
        let nack = FaultRequest { code: Some(code), ..FaultRequest::new(FaultKind::Nack) };
        world.emulator.fault(nack).await.unwrap();
        ana.send(&world.store, "recusada").await;
        let failed = Some(Delivery::Failed { reason: FailReason::Restricted });
        world.messages_until(&ana, |messages| last_delivery(messages) == failed).await;
    }
    assert_eq!(world.state(ana.connection), ConnectionState::Connected);
}

#[tokio::test]
async fn a_lost_network_says_when_it_is_tried_again() {
    let (world, ana) = hit(FaultRequest::new(FaultKind::Drop)).await;
    comes_back(&world, &ana).await;
}

#[tokio::test]
async fn an_unavailable_service_says_when_it_is_tried_again() {
    let (world, ana) = hit(FaultRequest::new(FaultKind::Unavailable)).await;
    comes_back(&world, &ana).await;
}

#[tokio::test]
async fn a_refused_login_says_when_it_is_tried_again() {
    let (world, ana) = hit(FaultRequest::new(FaultKind::Refused)).await;
    comes_back(&world, &ana).await;
}

#[tokio::test]
async fn a_refusal_without_a_name_is_tried_again_later_and_later() {
    let refused =
        FaultRequest { code: Some(400), count: Some(2), ..FaultRequest::new(FaultKind::Refused) };
    let world = World::new().await;
    let (ana, _) = world.connected("ana").await;
    world.emulator.fault(refused).await.unwrap();
    for seconds in [5, 10] {
        let longer = |state: &ConnectionState| match state {
            ConnectionState::Connecting { retry_at: Some(at) } => {
                (seconds - 2..=seconds).contains(&(*at - Utc::now()).num_seconds())
            }
            _ => false,
        };
        world.until(ana.connection, longer).await;
    }
    world.until(ana.connection, |state| *state == ConnectionState::Connected).await;
}

#[tokio::test]
async fn a_handshake_that_fails_says_when_it_is_tried_again() {
    let world = World::new().await;
    let ana = world.agent("ana").await;
    world.emulator.fault(FaultRequest::new(FaultKind::Handshake)).await.unwrap();
    world.pool.connect(&ana.manage().await).await.expect("connecting begins");
    let waits = |state: &ConnectionState| {
        matches!(state, ConnectionState::Connecting { retry_at: Some(_) })
    };
    world.until(ana.connection, waits).await;
    world.qr(ana.connection).await;
}

#[tokio::test]
async fn a_whatsapp_that_cannot_be_reached_says_when_it_is_tried_again() {
    let world = World::new().await;
    let ana = world.agent("ana").await;
    let folder = tempfile::tempdir().unwrap();
    let nowhere = config("ws://127.0.0.1:1/ws/chat".into(), folder.path());
    let pool = Pool::new(world.store.clone(), nowhere);
    pool.connect(&ana.manage().await).await.expect("connecting begins");
    let mut states = pool.follow(ana.connection).unwrap();
    // After more than one failure the wait is announced each time.
    for _ in 0..2 {
        let waits = |state: &ConnectionState| {
            matches!(state, ConnectionState::Connecting { retry_at: Some(_) })
        };
        states.wait_for(waits).await.unwrap();
        states.wait_for(|state| !waits(state)).await.unwrap();
    }
    pool.shutdown().await;
}

/// Checks that a dead connection is noticed. With the pauses of the product this takes up to half a
/// minute.
async fn is_noticed(kind: FaultKind) {
    // Pings stay unanswered after the reconnection too: the message needs less than these pauses.
    let pause = Duration::from_secs(2);
    let pauses = Pauses { silence_check: pause, ping_timeout: pause, ..Pauses::default() };
    let world = World::with_pauses(pauses).await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.expect("a phone").number;
    let fault = FaultRequest { count: Some(1_000), ..FaultRequest::new(kind) };
    world.emulator.fault(fault.on(&shop)).await.expect("a fault");
    // The library by itself would take longer.
    let broken = Instant::now();
    world.until(ana.connection, |state| *state != ConnectionState::Connected).await;
    assert!(broken.elapsed() < Duration::from_secs(30), "{:?}", broken.elapsed());
    world.until(ana.connection, |state| *state == ConnectionState::Connected).await;
    world.emulator.send_text(&customer, &shop, "e agora?").await.expect("it is sent");
    world.messages_until(&ana, |messages| messages.len() == 1).await;
}

#[tokio::test]
async fn a_half_open_socket_is_noticed_and_left() {
    is_noticed(FaultKind::HalfOpen).await;
}

#[tokio::test]
async fn a_server_that_does_not_answer_pings_is_noticed_and_left() {
    is_noticed(FaultKind::WithheldPong).await;
}

#[tokio::test]
async fn an_account_that_asks_for_a_passkey_says_so_and_is_linked_once_it_does_not() {
    let world = World::new().await;
    let ana = world.agent("ana").await;
    for _ in 0..2 {
        world.emulator.fault(FaultRequest::new(FaultKind::Passkey)).await.expect("a fault");
        world.pool.connect(&ana.manage().await).await.expect("connecting begins");
        let qr = world.qr(ana.connection).await;
        world.emulator.scan_qr(&qr).await.expect_err("a passkey is wanted");
        ends(&world, &ana, EndReason::Passkey).await;
        assert!(!ana.viewer.connection(ana.connection).await.expect("their own").linked);
    }
    world.pool.connect(&ana.manage().await).await.expect("connecting begins");
    let qr = world.qr(ana.connection).await;
    world.emulator.scan_qr(&qr).await.expect("the phone links");
    world.until(ana.connection, |state| *state == ConnectionState::Connected).await;
}
