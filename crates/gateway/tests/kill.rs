//! The process is killed while messages arrive: each is stored once, in the order in which it was
//! sent.

mod support;

use std::process::{Child, Command, Stdio};

use emulator::{DeviceInfo, PhoneInfo};
use gateway::{Config, Pool};
use store::Store;
use support::{PATIENCE, World, config, texts};

const CUSTOMERS: usize = 6;
const KILLS: usize = 3;
/// Messages of each customer between two kills.
const A_ROUND: usize = 20;

const DATABASE: &str = "GATEWAY_TEST_DATABASE";
const SESSIONS: &str = "GATEWAY_TEST_SESSIONS";
const SOCKET: &str = "GATEWAY_TEST_SOCKET";

/// A process with the sessions of a [`World`]. It is killed (`SIGKILL`) on drop.
struct Process(Child);

impl Process {
    fn start(world: &World) -> Self {
        let child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "the_process_that_is_killed", "--ignored"])
            .env(DATABASE, world.database())
            .env(SESSIONS, world.sessions_dir())
            .env(SOCKET, world.emulator.ws_url())
            .stdout(Stdio::null())
            .spawn()
            .expect("a process");
        Self(child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().expect("it runs");
        self.0.wait().expect("it is over");
    }
}

#[tokio::test]
#[ignore = "started by the test below"]
async fn the_process_that_is_killed() {
    let Ok(database) = std::env::var(DATABASE) else { return };
    let store = Store::open(&database).await.expect("the store");
    let config = Config {
        sessions_dir: std::env::var_os(SESSIONS).expect("a folder").into(),
        ..config(std::env::var(SOCKET).expect("an address"), &std::env::temp_dir().join("no-data"))
    };
    let pool = Pool::new(store, config);
    assert_eq!(pool.start().await.expect("it starts"), 1);
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn what_was_sent_is_stored_once_and_in_order_whenever_the_process_is_killed() {
    let mut world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    world.stop().await;
    let mut customers = Vec::new();
    for _ in 0..CUSTOMERS {
        customers.push(world.emulator.new_phone(None, None).await.expect("a phone").number);
    }

    for round in 0..KILLS {
        let process = Process::start(&world);
        let phone = |wanted: fn(&DeviceInfo) -> bool| {
            world.emulator.until_phone(&shop, PATIENCE, move |phone| wanted(&phone.devices[0]))
        };
        phone(|session| session.online).await.unwrap();
        for number in 0..A_ROUND {
            for customer in &customers {
                let text = format!("{round}.{number}");
                world.emulator.send_text(customer, &shop, &text).await.expect("it is sent");
            }
        }
        // The kill comes when some messages are acknowledged and others are not.
        phone(|session| session.queued < CUSTOMERS * A_ROUND / 2).await.unwrap();
        drop(process);
        phone(|session| !session.online).await.unwrap();
    }

    world.start_again().await;
    let sent: Vec<String> = (0..KILLS)
        .flat_map(|round| (0..A_ROUND).map(move |number| format!("{round}.{number}")))
        .collect();
    let told_of_all = |phone: &PhoneInfo| phone.devices[0].queued == 0;
    world.emulator.until_phone(&shop, PATIENCE, told_of_all).await.unwrap();
    let chats = ana.chats().await;
    assert_eq!(chats.len(), CUSTOMERS);
    for chat in chats {
        let messages = ana.viewer.messages(chat.id, None, 100).await.unwrap();
        assert_eq!(texts(&messages), sent);
    }
}
