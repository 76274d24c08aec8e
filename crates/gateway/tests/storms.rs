//! Many numbers and messages at once.

mod support;

use emulator::{FaultKind, FaultRequest};
use model::ConnectionState;
use support::{PATIENCE, World, texts};
use whatsapp_rust::futures::{StreamExt as _, stream};

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_connections_that_break_at_once_come_back_with_a_login_each() {
    const NUMBERS: usize = 100;
    const LINKED_AT_ONCE: usize = 16;
    let world = World::new().await;
    let names: Vec<_> = (0..NUMBERS).map(|nth| format!("ana{nth}")).collect();
    let linking = stream::iter(names.iter().map(|name| world.connected(name)));
    let numbers: Vec<_> = linking.buffer_unordered(LINKED_AT_ONCE).collect().await;
    let before = world.emulator.stats().logins;
    world.emulator.fault(FaultRequest::new(FaultKind::Drop)).await.unwrap();
    let logins = || world.emulator.stats().logins - before;
    let all_in = |_: &emulator::PhoneInfo| logins() >= NUMBERS as u64;
    world.emulator.until_phone(&numbers[0].1, PATIENCE, all_in).await.unwrap();
    for (agent, _) in &numbers {
        world.until(agent.connection, |state| *state == ConnectionState::Connected).await;
    }
    assert_eq!(logins(), NUMBERS as u64, "nobody had to try twice");
}

#[tokio::test]
async fn thousands_of_waiting_messages_of_one_number_do_not_hold_up_another() {
    const WAITING: u32 = 2_000;
    let mut world = World::new().await;
    let (busy, busy_phone) = world.connected("bia").await;
    let (quiet, quiet_phone) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    world.stop().await;
    let load = emulator::LoadRequest {
        phones: vec![customer.clone()],
        to: vec![busy_phone.clone()],
        per_second: WAITING,
        seconds: 1,
    };
    world.emulator.load(&load).await.unwrap();
    world.start_again().await;
    world.until(busy.connection, |state| *state == ConnectionState::Syncing).await;
    world.until(quiet.connection, |state| *state == ConnectionState::Connected).await;
    world.emulator.send_text(&customer, &quiet_phone, "e eu?").await.unwrap();
    let messages = world.messages_until(&quiet, |messages| !messages.is_empty()).await;
    assert_eq!(texts(&messages), ["e eu?"]);
    let left = world.emulator.phone_info(&busy_phone).await.unwrap().devices[0].queued;
    assert!(left > WAITING as usize / 10, "the other had to wait for all but {left}");

    world.until(busy.connection, |state| *state == ConnectionState::Connected).await;
    let done = |phone: &emulator::PhoneInfo| phone.devices[0].queued == 0;
    world.emulator.until_phone(&busy_phone, PATIENCE, done).await.unwrap();
    let chat = busy.only_chat().await;
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let page = busy.viewer.messages(chat, before, 500).await.unwrap();
        let Some(first) = page.first() else { break };
        before = Some(first.position);
        all.splice(0..0, page);
    }
    let expected: Vec<String> = (0..WAITING).map(|n| format!("load {n}")).collect();
    assert_eq!(texts(&all), expected);
}
