//! No message is lost while nothing can be stored.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::fs::File;
use std::time::Duration;

use emulator::{FaultKind, FaultRequest};
use model::{ConnectionState, Delivery, EndReason, Message, StorageTrouble};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection};
use support::{Agent, World, last_delivery, new_id, texts};
use tokio::sync::watch;

fn paused(why: StorageTrouble) -> ConnectionState {
    ConnectionState::Paused { why }
}

/// Opens a second connection to the database, beside the one of the store.
async fn another_user(world: &World) -> DatabaseConnection {
    let mut options = ConnectOptions::new(world.database());
    Database::connect(options.max_connections(1).to_owned()).await.unwrap()
}

#[tokio::test]
async fn a_database_that_is_locked_pauses_the_number_and_it_resumes_by_itself() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    world.emulator.send_text(&customer, &shop, "antes").await.unwrap();
    world.messages_until(&ana, |messages| messages.len() == 1).await;
    ana.send(&world.store, "resposta").await;
    world
        .messages_until(&ana, |messages| last_delivery(messages) == Some(Delivery::Delivered))
        .await;

    let other = another_user(&world).await;
    other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    let during: Vec<String> = (0..10).map(|n| format!("durante {n}")).collect();
    for text in &during[..5] {
        world.emulator.send_text(&customer, &shop, text).await.unwrap();
    }
    // Receipts wait too, since WhatsApp does not send them again.
    world.emulator.read(&customer, &shop).await.unwrap();
    world.until(ana.connection, |state| *state == paused(StorageTrouble::Database)).await;
    for text in &during[5..] {
        world.emulator.send_text(&customer, &shop, text).await.unwrap();
    }
    // Reading works. A message that cannot be stored is rejected at once, and the tab keeps it.
    assert_eq!(ana.messages().await.len(), 2);
    let (grant, chat) = ana.viewer.write_chat(ana.only_chat().await).await.unwrap();
    let refused = world.store.enqueue_text(&grant, chat.id, new_id(), "agora não", None).await;
    assert!(refused.unwrap_err().is_outage());
    assert!(world.pool.disconnect(&ana.manage().await).await.unwrap_err().is_outage());

    other.execute_unprepared("ROLLBACK").await.unwrap();
    world.until(ana.connection, |state| *state == ConnectionState::Connected).await;
    let messages = world.messages_until(&ana, |messages| messages.len() == 12).await;
    let expected: Vec<&str> =
        ["antes", "resposta"].into_iter().chain(during.iter().map(String::as_str)).collect();
    assert_eq!(texts(&messages), expected);
    world.messages_until(&ana, |messages| messages[1].delivery == Some(Delivery::Read)).await;
    ana.send(&world.store, "e agora sim").await;
    world
        .messages_until(&ana, |messages| last_delivery(messages) == Some(Delivery::Delivered))
        .await;
}

/// Number of times that another connection locks the database, and the messages written each time.
const HOLDS: usize = 8;
const QUESTIONS: usize = 5;
const ANSWERS: usize = 2;

/// Returns the texts of all holds, in order.
fn lines(kind: &str, a_hold: usize) -> Vec<String> {
    let of_hold = |hold| (0..a_hold).map(move |nth| format!("{kind} {hold}.{nth}"));
    (1..=HOLDS).flat_map(of_hold).collect()
}

/// Has a customer write and an agent reply during each lock, without waiting for the outcome.
async fn converse(
    world: &World,
    customer: &str,
    (agent, shop): &(Agent, String),
    mut held: watch::Receiver<usize>,
) {
    let (questions, answers) = (lines("pergunta", QUESTIONS), lines("resposta", ANSWERS));
    for hold in 0..HOLDS {
        held.wait_for(|now| *now > hold).await.unwrap();
        for text in &questions[hold * QUESTIONS..][..QUESTIONS] {
            world.emulator.send_text(customer, shop, text).await.unwrap();
        }
        for text in &answers[hold * ANSWERS..][..ANSWERS] {
            agent.send(&world.store, text).await;
        }
    }
}

#[tokio::test]
async fn a_database_that_is_slow_delays_messages_and_pauses_nothing() {
    let world = World::new().await;
    let numbers = [world.connected("ana").await, world.connected("bia").await];
    let customer = world.emulator.new_phone(None, None).await.unwrap().number;
    for (agent, shop) in &numbers {
        world.emulator.send_text(&customer, shop, "antes").await.unwrap();
        world.messages_until(agent, |messages| messages.len() == 1).await;
    }
    let mut states =
        numbers.each_ref().map(|(agent, _)| world.pool.follow(agent.connection).unwrap());
    for state in &mut states {
        assert_eq!(*state.borrow_and_update(), ConnectionState::Connected);
    }

    let other = another_user(&world).await;
    let (holding, held) = watch::channel(0);
    let slowness = async {
        for hold in 1..=HOLDS {
            other.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
            holding.send_replace(hold);
            // These sleeps are the fault itself; they wait for nothing.
            tokio::time::sleep(Duration::from_secs(1)).await;
            other.execute_unprepared("ROLLBACK").await.unwrap();
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    };
    tokio::join!(
        slowness,
        converse(&world, &customer, &numbers[0], held.clone()),
        converse(&world, &customer, &numbers[1], held.clone()),
    );

    let (questions, answers) = (lines("pergunta", QUESTIONS), lines("resposta", ANSWERS));
    let arrived = |messages: &[Message]| {
        messages.len() > questions.len() + answers.len()
            && messages.iter().all(|one| matches!(one.delivery, None | Some(Delivery::Delivered)))
    };
    for (agent, shop) in &numbers {
        let messages = world.messages_until(agent, arrived).await;
        let (ours, theirs): (Vec<_>, Vec<_>) = messages.into_iter().partition(Message::is_outgoing);
        assert_eq!(texts(&theirs)[0], "antes");
        assert_eq!(texts(&theirs)[1..], questions);
        assert_eq!(texts(&ours), answers);
        let mut on_phone = world.emulator.messages(&customer, shop).await.unwrap();
        on_phone.retain(|message| !message.from_me);
        let read: Vec<_> = on_phone.iter().filter_map(|one| one.text.as_deref()).collect();
        assert_eq!(read, answers);
        assert!(on_phone.iter().all(|message| message.copies == 1), "{on_phone:#?}");
    }
    for state in &states {
        // The state never changed.
        assert!(!state.has_changed().unwrap(), "{:?}", *state.borrow());
    }
}

/// Creates a file that takes room on the disk without being written.
fn fill(world: &World, bytes: u64) -> File {
    let file = tempfile::tempfile_in(world.sessions_dir()).expect("a file");
    rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, bytes).expect("the room");
    file
}

#[tokio::test]
async fn a_disk_without_its_reserve_pauses_the_number_and_sending_waits_in_the_queue() {
    // Other programs write on this disk as well, so the remaining room is large.
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
    assert_eq!(ana.send(&world.store, "na fila").await.delivery, Some(Delivery::Queued));

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
