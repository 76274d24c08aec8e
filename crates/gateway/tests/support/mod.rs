//! A store, a pool and an emulated WhatsApp for each test.
#![allow(dead_code, reason = "every test file uses its own part")]

mod qr;

use std::path::Path;
use std::time::Duration;

use emulator::Emulator;
use futures::TryStreamExt as _;
use gateway::{Config, MediaLimits, MediaStore, Pauses, Pool};
use model::{
    Chat, ChatId, ConnectionId, ConnectionState, Delivery, Message, MessageId, WaMessageId,
};
use store::{ChatsPage, Grant, Manage, Store, Viewer};

/// Timeout of all waits, with a margin for loaded machines.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The environment of one test.
pub(crate) struct World {
    pub(crate) emulator: Emulator,
    pub(crate) store: Store,
    pub(crate) pool: Pool,
    folder: tempfile::TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        let emulator = Emulator::start(emulator::Config::default()).await.expect("an emulator");
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&database(&folder)).await.expect("a store");
        let pool = Pool::new(store.clone(), config(emulator.ws_url(), folder.path()));
        pool.start().await.expect("linked numbers are read");
        Self { emulator, store, pool, folder }
    }

    /// Creates an environment with a reserve of the disk.
    pub(crate) async fn with_reserve(disk_reserve: u64) -> Self {
        Self::configured(|config| Config { disk_reserve, ..config }).await
    }

    /// Creates an environment whose pairing codes expire so many times as fast.
    pub(crate) async fn with_pairing_pace(pairing_pace: u32) -> Self {
        Self::configured(|config| Config { pairing_pace, ..config }).await
    }

    /// Creates an environment with other pauses.
    pub(crate) async fn with_pauses(pauses: Pauses) -> Self {
        Self::configured(|config| Config { pauses, ..config }).await
    }

    /// Creates an environment with another configuration, which lasts until it is started again.
    pub(crate) async fn configured(change: impl FnOnce(Config) -> Config) -> Self {
        let mut world = Self::new().await;
        world.stop().await;
        let config = change(config(world.emulator.ws_url(), world.folder.path()));
        world.pool = Pool::new(world.store.clone(), config);
        world.pool.start().await.expect("linked numbers are read");
        world
    }

    /// Restarts the pool on the same data.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.start_again().await;
    }

    pub(crate) async fn stop(&mut self) {
        self.pool.shutdown().await;
    }

    pub(crate) async fn start_again(&mut self) {
        self.pool =
            Pool::new(self.store.clone(), config(self.emulator.ws_url(), self.folder.path()));
        self.pool.start().await.expect("linked numbers are read");
    }

    /// Returns the address of the database.
    pub(crate) fn database(&self) -> String {
        database(&self.folder)
    }

    pub(crate) fn sessions_dir(&self) -> std::path::PathBuf {
        self.folder.path().join("sessions")
    }

    pub(crate) fn media_dir(&self) -> std::path::PathBuf {
        self.folder.path().join("media")
    }

    pub(crate) fn keys(&self, connection: ConnectionId) -> std::path::PathBuf {
        self.sessions_dir().join(connection.to_string())
    }

    /// Reads the stored file of a message.
    pub(crate) async fn stored(&self, agent: &Agent, message: MessageId) -> Vec<u8> {
        let file = agent.viewer.media(message).await.expect("a file");
        let chunks = self.pool.read_media(&file, None).await.expect("it is there");
        let chunks: Vec<_> = chunks.try_collect().await.expect("its bytes");
        chunks.concat()
    }

    /// Creates a user with a number that is not linked yet.
    pub(crate) async fn agent(&self, name: &str) -> Agent {
        let new = fixtures::new_user(name);
        let user = self.store.operator().create(new).await.expect("a user");
        let viewer = self.store.viewer(user.id).await.expect("a viewer");
        let connection = viewer.own_connection().await.expect("a connection");
        Agent { viewer, connection }
    }

    /// Creates an agent with a connected number, and returns the number too.
    pub(crate) async fn connected(&self, name: &str) -> (Agent, String) {
        let agent = self.agent(name).await;
        self.pool.connect(&agent.manage().await).await.expect("connecting begins");
        let qr = self.qr(agent.connection).await;
        let scanned = self.emulator.scan_qr(&qr).await.expect("the phone links");
        self.until(agent.connection, |state| *state == ConnectionState::Connected).await;
        (agent, scanned.phone)
    }

    pub(crate) fn state(&self, connection: ConnectionId) -> ConnectionState {
        self.pool.follow(connection).expect("a session").borrow().clone()
    }

    /// Waits for a state.
    pub(crate) async fn until(
        &self,
        connection: ConnectionId,
        wanted: impl Fn(&ConnectionState) -> bool,
    ) -> ConnectionState {
        let mut states = self.pool.follow(connection).expect("a session");
        let mut last = states.borrow().clone();
        let waiting = async {
            loop {
                last = states.borrow_and_update().clone();
                if wanted(&last) {
                    return;
                }
                states.changed().await.expect("the session lives");
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            panic!("the session stays {last:?}");
        }
        last
    }

    /// Returns the content of the QR on show, read from its picture.
    pub(crate) async fn qr(&self, connection: ConnectionId) -> String {
        let shows = |state: &ConnectionState| matches!(state, ConnectionState::AwaitingScan { .. });
        match self.until(connection, shows).await {
            ConnectionState::AwaitingScan { qr: Some(qr) } => qr::read_svg(&qr.svg),
            other => panic!("no QR in {other:?}"),
        }
    }

    /// Waits until the messages of an agent's only chat match.
    pub(crate) async fn messages_until(
        &self,
        agent: &Agent,
        wanted: impl Fn(&[Message]) -> bool,
    ) -> Vec<Message> {
        self.rows_until(async || agent.messages().await, wanted).await
    }

    /// Waits until the rows that `read` returns match.
    pub(crate) async fn rows_until<T: std::fmt::Debug>(
        &self,
        read: impl AsyncFn() -> Vec<T>,
        wanted: impl Fn(&[T]) -> bool,
    ) -> Vec<T> {
        let mut events = self.store.hub().subscribe();
        let mut last = Vec::new();
        let waiting = async {
            loop {
                last = read().await;
                if wanted(&last) {
                    return;
                }
                events.recv().await.expect("an event");
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            panic!("the rows stay {last:#?}");
        }
        last
    }
}

fn database(folder: &tempfile::TempDir) -> String {
    format!("sqlite://{}", folder.path().join("inbox.db").display())
}

/// Returns the configuration of a pool that connects to this address and has its data in `folder`.
pub(crate) fn config(ws_url: String, folder: &Path) -> Config {
    Config {
        sessions_dir: folder.join("sessions"),
        media_store: MediaStore::in_folder(folder.join("media")).expect("a folder"),
        ws_url: Some(ws_url),
        disk_reserve: 0,
        media: MediaLimits::default(),
        queue_for: Duration::from_secs(3600),
        pairing_pace: 1,
        pauses: Pauses::default(),
        version: None,
    }
}

/// A user and their number.
pub(crate) struct Agent {
    pub(crate) viewer: Viewer,
    pub(crate) connection: ConnectionId,
}

impl Agent {
    pub(crate) async fn manage(&self) -> Grant<Manage> {
        self.viewer.grant_manage(self.connection).await.expect("it is their own")
    }

    pub(crate) async fn chats(&self) -> Vec<Chat> {
        let page = ChatsPage { connection: None, before: None, limit: 50 };
        self.viewer.chats(page).await.expect("chats")
    }

    pub(crate) async fn only_chat(&self) -> ChatId {
        match self.chats().await.as_slice() {
            [chat] => chat.id,
            others => panic!("one chat expected: {others:#?}"),
        }
    }

    /// Returns the messages of the only chat, or none.
    pub(crate) async fn messages(&self) -> Vec<Message> {
        match self.chats().await.first() {
            Some(chat) => self.viewer.messages(chat.id, None, 100).await.expect("messages"),
            None => Vec::new(),
        }
    }

    pub(crate) async fn mark_read(&self, store: &Store, chat: ChatId) {
        let (grant, _) = self.viewer.write_chat(chat).await.expect("write");
        store.mark_read(&grant, chat).await.expect("it is marked");
    }

    pub(crate) async fn send(&self, store: &Store, text: &str) -> Message {
        let (grant, chat) = self.viewer.write_chat(self.only_chat().await).await.expect("write");
        store.enqueue_text(&grant, chat.id, new_id(), text, None).await.expect("it is queued")
    }
}

pub(crate) fn new_id() -> WaMessageId {
    use std::sync::atomic::{AtomicU8, Ordering};
    static NEXT: AtomicU8 = AtomicU8::new(1);
    let mut bytes = [7; 9];
    bytes[8] = NEXT.fetch_add(1, Ordering::Relaxed);
    WaMessageId::from_random(bytes)
}

pub(crate) fn texts(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.text.as_str()).collect()
}

pub(crate) fn last_delivery(messages: &[Message]) -> Option<Delivery> {
    messages.last().and_then(|message| message.delivery)
}
