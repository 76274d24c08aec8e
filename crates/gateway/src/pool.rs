//! The pool: which connections run, and the door to them.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{
    ChatId, Connection, ConnectionId, ConnectionState, Message, MessageId, PhoneNumber,
    StorageTrouble, UserId, WaMessageId,
};
use store::{By, ConnectionRow, Grant, Manage, MediaFile, Remove, Store, Viewer, Write};
use tokio::sync::{Semaphore, broadcast, mpsc, oneshot, watch};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::attention::{Attention, Watching};
use crate::commit::Commits;
use crate::files::Files;
use crate::room::Room;
use crate::session::{Command, Session, Shared};
use crate::state::{Change, StateCell};
use crate::storage::Storage;
use crate::version::Version;
use crate::{Config, dial, porter, uptime};

/// Commands a session may have waiting; more than people can click.
const MAILBOX: usize = 64;
/// State changes a slow listener may be behind before it has to read all states again.
const CHANGES: usize = 1024;
/// How often, at most and at least, it is looked for messages that waited too long.
const EXPIRE_LOOK: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// How long all sessions together may take to close.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(10);

/// All sessions of the process. Cheap to clone.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    sessions: Mutex<HashMap<ConnectionId, Handle>>,
    changes: broadcast::Sender<Change>,
    tasks: TaskTracker,
    closing: CancellationToken,
}

#[derive(Clone)]
struct Handle {
    commands: mpsc::Sender<Command>,
    state: watch::Receiver<ConnectionState>,
}

impl Pool {
    /// A pool with nothing running; [`Self::start`] brings up what has credentials. To be called on the
    /// runtime that it is to run on.
    pub fn new(store: Store, config: Config) -> Self {
        // The folder of a session comes with its first connection; that they are in is there before.
        if let Err(error) = std::fs::create_dir_all(&config.sessions_dir) {
            tracing::error!(%error, "the folder of the sessions cannot be made");
        }
        let (folder, reserve) = (config.sessions_dir.clone(), config.disk_reserve);
        let storage = Arc::new(Storage::new(store.clone(), folder, reserve));
        let files = Files::new(config.media_dir.clone());
        let disk = Arc::clone(&storage);
        let room = Room::new(store.clone(), files, config.media, move || disk.spare());
        let shared = Shared {
            storage,
            room: Arc::new(room),
            fetch_permits: Arc::new(Semaphore::new(porter::AT_ONCE_OF_ALL)),
            config,
            store,
            commits: Commits::start(),
            attention: Attention::default(),
            version: Version::default(),
            dial_permits: Arc::new(Semaphore::new(dial::AT_ONCE)),
        };
        Self(Arc::new(Inner {
            shared: Arc::new(shared),
            sessions: Mutex::default(),
            changes: broadcast::Sender::new(CHANGES),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
        }))
    }

    /// Reconnects every linked number, without waiting for anybody to open a page, and begins to
    /// record for how long numbers are connected and to look after the storage. To be called once. Returns how many
    /// were started; that they connected is told by their states.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn start(&self) -> Result<usize, store::Error> {
        self.record_uptime();
        self.look_after_storage();
        self.expire_queued();
        let linked = self.0.shared.store.linked_connections().await?;
        for connection in &linked {
            tracing::info!(connection_id = %connection.id, user_id = %connection.owner, "reconnecting from stored credentials");
            self.command(connection.id, connection.owner, Command::Connect { by: By::system() })
                .await;
        }
        Ok(linked.len())
    }

    /// Connects a number, or joins the connecting that is under way: a second browser and a double
    /// click see the same QR. Returns at once; what happens is told by the state.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn connect(&self, grant: &Grant<Manage>) -> Result<(), store::Error> {
        self.command(grant.connection(), grant.user(), Command::Connect { by: grant.by() }).await;
        Ok(())
    }

    /// Connects a number with a code to type on the phone instead of a QR.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn connect_with_code(
        &self,
        grant: &Grant<Manage>,
        phone: &PhoneNumber,
    ) -> Result<(), store::Error> {
        let command = Command::ConnectWithCode { phone: phone.digits(), by: grant.by() };
        self.command(grant.connection(), grant.user(), command).await;
        Ok(())
    }

    /// Unlinks the device on WhatsApp and deletes its keys. Chats and messages stay.
    ///
    /// # Errors
    /// The database takes no writes.
    pub async fn disconnect(&self, grant: &Grant<Manage>) -> Result<(), store::Error> {
        let (done, waiting) = oneshot::channel();
        let command = Command::Unlink { by: grant.by(), done };
        self.command(grant.connection(), grant.user(), command).await;
        // Without an answer the process is stopping; the keys stay then.
        waiting.await.unwrap_or(Ok(()))
    }

    /// Stores a message and sends it. One click, one message: the same `wa_id` again returns the
    /// message that is there.
    ///
    /// # Errors
    /// Those of `Store::enqueue_text`.
    pub async fn send_text(
        &self,
        grant: &Grant<Write>,
        chat: ChatId,
        wa_id: WaMessageId,
        text: &str,
    ) -> Result<Message, store::Error> {
        let message = self.0.shared.store.enqueue_text(grant, chat, wa_id, text).await?;
        self.tell(grant.connection(), Command::Deliver).await;
        Ok(message)
    }

    /// Where the file of a message lies, once it is [`model::MediaState::Stored`].
    pub fn media_path(&self, file: &MediaFile) -> PathBuf {
        self.0.shared.room.files().path(file.connection, file.message)
    }

    /// A file that is not where it should be, as after a restore without it, is fetched again.
    ///
    /// # Errors
    /// The database takes no writes.
    pub async fn media_lost(&self, file: &MediaFile) -> Result<(), store::Error> {
        self.0.shared.store.media(file.connection).lost(file.message).await?;
        self.tell(file.connection, Command::Deliver).await;
        Ok(())
    }

    /// Has another phone link a number: names the entry that it is to link. What is linked is to be
    /// unlinked before.
    ///
    /// # Errors
    /// Those of `Store::change_phone`.
    pub async fn change_phone(&self, grant: &Grant<Manage>) -> Result<ConnectionId, store::Error> {
        let successor = self.0.shared.store.change_phone(grant).await?;
        // The pairing that found another phone, or waits for one, is over.
        let connection = grant.connection();
        self.end_session(connection).await;
        let _ = self.0.changes.send(Change::State(connection));
        // Its own phone may have scanned at the same moment.
        let linked = self.0.shared.store.linked_connections().await?;
        if linked.iter().any(|one| one.id == connection) {
            self.connect(grant).await?;
        }
        Ok(successor)
    }

    /// Removes a number with everything in it. What is linked is to be unlinked before.
    ///
    /// # Errors
    /// Those of `Store::remove_connection`.
    pub async fn remove(&self, grant: &Grant<Remove>) -> Result<(), store::Error> {
        self.0.shared.store.remove_connection(grant).await?;
        self.end_session(grant.connection()).await;
        let (files, connection) = (self.0.shared.room.files().clone(), grant.connection());
        let removed = tokio::task::spawn_blocking(move || files.remove(connection)).await;
        if let Ok(Err(error)) = removed {
            tracing::error!(connection_id = %connection, %error, "the files of a removed number could not be removed");
        }
        Ok(())
    }

    /// Tries again what failed of a message: to send it, or to fetch its file.
    ///
    /// # Errors
    /// Those of `Store::retry`.
    pub async fn retry(
        &self,
        grant: &Grant<Write>,
        message: MessageId,
    ) -> Result<Message, store::Error> {
        let message = self.0.shared.store.retry(grant, message).await?;
        self.tell(grant.connection(), Command::Deliver).await;
        Ok(message)
    }

    /// Marks a chat read here and tells the customer's phone, when the number is connected.
    ///
    /// # Errors
    /// The viewer may not write in that chat, or the database fails.
    pub async fn mark_read(&self, viewer: &Viewer, chat: ChatId) -> Result<(), store::Error> {
        let (grant, _) = viewer.write_chat(chat).await?;
        if viewer.mark_read(chat).await? {
            self.tell(grant.connection(), Command::Read).await;
        }
        Ok(())
    }

    /// For a page that is open: a number is online while somebody looks at it, and only then.
    pub fn watching(&self) -> Watching {
        self.0.shared.attention.watching()
    }

    /// A connection as its viewer may see it: the row and the session's state now. QRs and codes
    /// are kept from those who may not link.
    pub fn describe(&self, row: ConnectionRow) -> Connection {
        let state = match self.handle(row.id) {
            Some(handle) => handle.state.borrow().clone(),
            None if row.linked => ConnectionState::Connecting { retry_at: None },
            None => ConnectionState::Disconnected { reason: row.last_end },
        };
        Connection {
            id: row.id,
            label: row.label,
            color: row.color,
            phone: row.phone.as_deref().map(phone::number),
            expected_phone: row.expected_phone.as_deref().map(phone::number),
            replaced_by: row.replaced_by,
            phone_holder: row.phone_holder,
            owner: row.owner,
            linked: row.linked,
            state: if row.can_manage { state } else { state.without_secrets() },
            can_write: row.can_write,
            can_manage: row.can_manage,
            gap: row.gap,
            pending: row.pending,
            private_by_default: row.private_by_default,
        }
    }

    /// What changes in the sessions from now on.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.0.changes.subscribe()
    }

    /// Why nothing that comes in could be kept right now, if that is so.
    pub fn storage_trouble(&self) -> Option<StorageTrouble> {
        self.0.shared.storage.trouble()
    }

    /// Follows one connection's state; `None` when it has no session.
    pub fn follow(&self, connection: ConnectionId) -> Option<watch::Receiver<ConnectionState>> {
        self.handle(connection).map(|handle| handle.state)
    }

    /// Closes every session cleanly. Nothing is unlinked.
    pub async fn shutdown(&self) {
        let handles: Vec<Handle> = self.sessions().drain().map(|(_, handle)| handle).collect();
        for handle in &handles {
            // A session that is gone needs no telling.
            let _ = handle.commands.send(Command::Stop).await;
        }
        self.0.closing.cancel();
        self.0.tasks.close();
        if tokio::time::timeout(SHUTDOWN_PATIENCE, self.0.tasks.wait()).await.is_err() {
            tracing::warn!(
                "some sessions did not close in time; what was not confirmed comes again"
            );
        }
    }

    fn look_after_storage(&self) {
        let shared = Arc::clone(&self.0.shared);
        let ended = self.0.closing.clone().cancelled_owned();
        self.0.tasks.spawn(async move {
            tokio::select! {
                () = shared.storage.watch() => {}
                () = ended => {}
            }
        });
    }

    fn expire_queued(&self) {
        let shared = Arc::clone(&self.0.shared);
        let ended = self.0.closing.clone();
        self.0.tasks.spawn(async move {
            let waiting = shared.config.queue_for;
            // Nobody minds a twentieth more; nobody has to look more often than every second.
            let mut look =
                tokio::time::interval((waiting / 20).clamp(EXPIRE_LOOK.0, EXPIRE_LOOK.1));
            look.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while ended.run_until_cancelled(look.tick()).await.is_some() {
                match shared.store.expire_queued(waiting).await {
                    Ok(0) => {}
                    Ok(count) => {
                        tracing::warn!(count, "messages waited too long and were given up")
                    }
                    Err(error) => {
                        tracing::error!(%error, "waiting messages could not be looked at")
                    }
                }
            }
        });
    }

    fn record_uptime(&self) {
        // The record does not keep a pool alive that nobody else has.
        let pool = Arc::downgrade(&self.0);
        let connected = move || match pool.upgrade() {
            Some(pool) => Self(pool).connected(),
            None => BTreeSet::new(),
        };
        let ended = self.0.closing.clone().cancelled_owned();
        let store = self.0.shared.store.clone();
        self.0.tasks.spawn(uptime::record(store, self.changes(), connected, ended));
    }

    /// The numbers that are connected now.
    fn connected(&self) -> BTreeSet<ConnectionId> {
        let is_connected = |handle: &Handle| *handle.state.borrow() == ConnectionState::Connected;
        self.sessions()
            .iter()
            .filter(|(_, handle)| is_connected(handle))
            .map(|(id, _)| *id)
            .collect()
    }

    /// Gives a command to a session, started when it is not running yet.
    async fn command(&self, connection: ConnectionId, user: UserId, command: Command) {
        let commands = {
            let mut sessions = self.sessions();
            let handle = sessions.entry(connection).or_insert_with(|| self.spawn(connection, user));
            handle.commands.clone()
        };
        let _ = commands.send(command).await;
    }

    /// Gives a command to a session if it runs. What it would have done waits in the database.
    async fn tell(&self, connection: ConnectionId, command: Command) {
        if let Some(handle) = self.handle(connection) {
            let _ = handle.commands.send(command).await;
        }
    }

    /// Closes a session and lets go of it; the next command starts another. Waits for its end: two must
    /// not have the same keys open.
    async fn end_session(&self, connection: ConnectionId) {
        let session = self.sessions().remove(&connection);
        if let Some(session) = session {
            // One that is gone needs no telling.
            let _ = session.commands.send(Command::Stop).await;
            session.commands.closed().await;
        }
    }

    fn spawn(&self, connection: ConnectionId, user: UserId) -> Handle {
        let (commands, mailbox) = mpsc::channel(MAILBOX);
        let initial = ConnectionState::Disconnected { reason: None };
        let state = Arc::new(StateCell::new(connection, user, initial, self.0.changes.clone()));
        let handle = Handle { commands, state: state.subscribe() };
        let shared = Arc::clone(&self.0.shared);
        self.0.tasks.spawn(Session::new(connection, user, shared, state, mailbox).run());
        handle
    }

    fn handle(&self, connection: ConnectionId) -> Option<Handle> {
        self.sessions().get(&connection).cloned()
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<ConnectionId, Handle>> {
        // A panic while the map was held leaves it whole: every change to it is one call.
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MediaLimits, testing};

    /// A pool over a socket where nobody answers.
    async fn pool() -> (Pool, Viewer, tempfile::TempDir) {
        let (store, viewer, folder) = testing::store().await;
        let config = Config {
            sessions_dir: folder.path().join("sessions"),
            media_dir: folder.path().join("media"),
            ws_url: Some("ws://127.0.0.1:1/ws/chat".into()),
            disk_reserve: 0,
            media: MediaLimits::default(),
            queue_for: Duration::from_secs(3600),
            pairing_pace: 1,
            version: None,
        };
        (Pool::new(store, config), viewer, folder)
    }

    #[tokio::test]
    async fn a_panic_costs_one_number_a_reconnection() {
        let (pool, viewer, _folder) = pool().await;
        let number = viewer.own_connection().await.unwrap();
        let user = viewer.user().id;
        let by = viewer.by();
        pool.command(number, user, Command::Connect { by }).await;
        let mut state = pool.follow(number).unwrap();
        for seconds in [5, 10] {
            pool.command(number, user, Command::Panic).await;
            let waits = |state: &ConnectionState| match state {
                ConnectionState::Connecting { retry_at: Some(at) } => {
                    (seconds - 2..=seconds).contains(&(*at - chrono::Utc::now()).num_seconds())
                }
                _ => false,
            };
            state.wait_for(waits).await.unwrap();
        }
        // It goes on hearing what people want.
        let grant = viewer.grant_manage(number).await.unwrap();
        pool.disconnect(&grant).await.unwrap();
        state
            .wait_for(|state| matches!(state, ConnectionState::Disconnected { .. }))
            .await
            .unwrap();
        pool.shutdown().await;
    }
}
