//! Nothing is lost while nothing can be kept.

mod support;

use std::fs::File;

use emulator::{FaultKind, FaultRequest};
use model::{ConnectionState, Delivery, EndReason, StorageTrouble};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database};
use support::{World, last_delivery, new_id, texts};

fn paused(why: StorageTrouble) -> ConnectionState {
    ConnectionState::Paused { why }
}

#[tokio::test]
async fn a_database_that_is_locked_pauses_the_number_and_it_resumes_by_itself() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    world.emulator.send_text(&customer, &shop, "antes").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 1).await;
    ana.send(&world.pool, "resposta").await;
    world
        .messages_until(&ana, |messages| last_delivery(messages) == Some(Delivery::Delivered))
        .await;

    let other =
        Database::connect(ConnectOptions::new(world.database()).max_connections(1).to_owned());
    let other = other.await.unwrap();
    other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    let during: Vec<String> = (0..10).map(|n| format!("durante {n}")).collect();
    for text in &during[..5] {
        world.emulator.send_text(&customer, &shop, text).await.unwrap();
    }
    // What WhatsApp says of our own messages waits too, and is not said again.
    world.emulator.read(&customer, &shop).await.unwrap();
    world.until(ana.connection, |state| *state == paused(StorageTrouble::Database)).await;
    for text in &during[5..] {
        world.emulator.send_text(&customer, &shop, text).await.unwrap();
    }
    // Reading goes on; what cannot be kept is refused at once, and the tab keeps it.
    assert_eq!(ana.messages().await.len(), 2);
    let (grant, chat) = ana.viewer.write_chat(ana.only_chat().await).await.unwrap();
    let refused = world.pool.send_text(&grant, chat.id, new_id(), "agora não").await;
    assert!(refused.unwrap_err().is_outage());
    assert!(world.pool.disconnect(&ana.manage().await).await.unwrap_err().is_outage());

    other.execute_unprepared("ROLLBACK").await.unwrap();
    world.until(ana.connection, |state| *state == ConnectionState::Connected).await;
    let messages = world.messages_until(&ana, |messages| messages.len() == 12).await;
    let expected: Vec<&str> =
        ["antes", "resposta"].into_iter().chain(during.iter().map(String::as_str)).collect();
    assert_eq!(texts(&messages), expected);
    world.messages_until(&ana, |messages| messages[1].delivery == Some(Delivery::Read)).await;
    ana.send(&world.pool, "e agora sim").await;
    world
        .messages_until(&ana, |messages| last_delivery(messages) == Some(Delivery::Delivered))
        .await;
}

/// A file that takes room from a disk without being written.
fn fill(world: &World, bytes: u64) -> File {
    let file = tempfile::tempfile_in(world.sessions_dir()).expect("a file");
    rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, bytes).expect("the room");
    file
}

#[tokio::test]
async fn a_disk_without_its_reserve_pauses_the_number_and_sending_waits_in_the_queue() {
    // Others write on this disk as well, so the room left is not small.
    const ROOM: u64 = 2 * 1024 * 1024 * 1024;
    let disk = rustix::fs::statvfs(std::env::temp_dir().as_path()).unwrap();
    let world = World::with_reserve(disk.f_bavail * disk.f_frsize - ROOM).await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    world.emulator.send_text(&customer, &shop, "antes").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 1).await;

    let (bia, phone) = world.connected("bia").await;
    world.emulator.fault(FaultRequest::new(FaultKind::Replaced).on(&phone)).await.unwrap();
    let replaced = ConnectionState::Disconnected { reason: Some(EndReason::Replaced) };
    world.until(bia.connection, |state| *state == replaced).await;

    let full = fill(&world, ROOM * 3 / 2);
    world.until(ana.connection, |state| *state == paused(StorageTrouble::DiskFull)).await;
    assert_eq!(world.pool.storage_trouble(), Some(StorageTrouble::DiskFull));
    world.emulator.send_text(&customer, &shop, "durante").await.unwrap();
    assert_eq!(ana.send(&world.pool, "na fila").await.delivery, Some(Delivery::Queued));

    drop(full);
    world.until(ana.connection, |state| *state == ConnectionState::Connected).await;
    let messages = world.messages_until(&ana, |messages| {
        messages.len() == 3 && messages.iter().all(|one| one.delivery != Some(Delivery::Queued))
    });
    let mut messages = messages.await;
    messages.sort_by(|a, b| a.text.cmp(&b.text));
    assert_eq!(texts(&messages), ["antes", "durante", "na fila"]);
    assert_eq!(world.state(bia.connection), replaced, "what had ended stays so");
}
