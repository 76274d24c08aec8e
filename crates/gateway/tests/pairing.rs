//! Links numbers by QR and by code, once per number however often it is clicked.

mod support;

use model::{ConnectionState, EndReason};
use support::World;

#[tokio::test]
async fn a_scanned_qr_connects_the_number_and_shows_it() {
    let world = World::new().await;
    let agent = world.agent("ana").await;
    world.pool.connect(&agent.manage().await).await.unwrap();

    let qr = world.qr(agent.connection).await;
    let scanned = world.emulator.scan_qr(&qr).await.unwrap();
    world.until(agent.connection, |state| *state == ConnectionState::Connected).await;

    let row = agent.viewer.connection(agent.connection).await.unwrap();
    assert_eq!(row.phone.as_deref(), Some(scanned.phone.as_str()));
    assert!(row.linked);
    assert!(world.keys(agent.connection).exists());
}

#[tokio::test]
async fn the_first_qr_says_which_it_is_and_how_long_it_lasts() {
    let world = World::new().await;
    let agent = world.agent("ana").await;
    world.pool.connect(&agent.manage().await).await.unwrap();
    let state = world
        .until(agent.connection, |state| matches!(state, ConnectionState::AwaitingScan { .. }))
        .await;
    let ConnectionState::AwaitingScan { qr: Some(qr) } = state else { panic!("{state:?}") };
    assert_eq!((qr.number, qr.of, qr.lasts), (1, 6, 60));
}

#[tokio::test]
async fn a_second_click_joins_the_pairing_that_is_under_way() {
    let world = World::new().await;
    let agent = world.agent("ana").await;
    world.pool.connect(&agent.manage().await).await.unwrap();
    let first = world.qr(agent.connection).await;
    world.pool.connect(&agent.manage().await).await.unwrap();
    world.pool.connect(&agent.manage().await).await.unwrap();
    assert_eq!(world.qr(agent.connection).await, first);
    assert_eq!(world.emulator.stats().connections, 1);
}

#[tokio::test]
async fn two_people_connect_two_numbers_at_once() {
    let world = World::new().await;
    let (ana, bia) = (world.agent("ana").await, world.agent("bia").await);
    world.pool.connect(&ana.manage().await).await.unwrap();
    world.pool.connect(&bia.manage().await).await.unwrap();
    let (qr_a, qr_b) = (world.qr(ana.connection).await, world.qr(bia.connection).await);
    assert_ne!(qr_a, qr_b);
    let a = world.emulator.scan_qr(&qr_a).await.unwrap();
    let b = world.emulator.scan_qr(&qr_b).await.unwrap();
    assert_ne!(a.phone, b.phone);
    for agent in [&ana, &bia] {
        world.until(agent.connection, |state| *state == ConnectionState::Connected).await;
    }
}

#[tokio::test]
async fn a_code_typed_on_the_phone_connects_too() {
    let world = World::new().await;
    let agent = world.agent("ana").await;
    let phone = world.emulator.new_phone(None, Some("Loja")).await.unwrap();
    world
        .pool
        .connect_with_code(&agent.manage().await, &phone::number(&phone.number))
        .await
        .unwrap();
    let state = world
        .until(agent.connection, |state| matches!(state, ConnectionState::AwaitingCode { .. }))
        .await;
    let ConnectionState::AwaitingCode { code: Some(code) } = state else { panic!("{state:?}") };
    assert_eq!((code.code.len(), code.phone.digits()), (8, phone.number.clone()));
    world.emulator.enter_pair_code(&phone.number, &code.code).await.unwrap();
    world.until(agent.connection, |state| *state == ConnectionState::Connected).await;
}

#[tokio::test]
async fn a_pairing_can_be_called_off_and_begun_again() {
    let world = World::new().await;
    let agent = world.agent("ana").await;
    world.pool.connect(&agent.manage().await).await.unwrap();
    let first = world.qr(agent.connection).await;
    world.pool.disconnect(&agent.manage().await).await.unwrap();
    world
        .until(agent.connection, |state| *state == ConnectionState::Disconnected { reason: None })
        .await;
    world.pool.connect(&agent.manage().await).await.unwrap();
    assert_ne!(world.qr(agent.connection).await, first);
}

#[tokio::test]
async fn unlinking_here_frees_the_phone_and_forgets_the_keys() {
    let world = World::new().await;
    let (agent, phone) = world.connected("ana").await;
    world.pool.disconnect(&agent.manage().await).await.unwrap();
    let reason = Some(EndReason::UnlinkedHere);
    world.until(agent.connection, |state| *state == ConnectionState::Disconnected { reason }).await;
    assert!(world.emulator.phone_info(&phone).await.unwrap().devices.is_empty());
    assert!(!world.keys(agent.connection).exists());
    assert!(!agent.viewer.connection(agent.connection).await.unwrap().linked);
}

#[tokio::test]
async fn unlinking_on_the_phone_is_told_and_forgets_the_keys() {
    let world = World::new().await;
    let (agent, phone) = world.connected("ana").await;
    let device = world.emulator.phone_info(&phone).await.unwrap().devices[0].id;
    world.emulator.unlink(&phone, device).await.unwrap();
    let reason = Some(EndReason::UnlinkedByPhone);
    world.until(agent.connection, |state| *state == ConnectionState::Disconnected { reason }).await;
    assert!(!world.keys(agent.connection).exists());
}
