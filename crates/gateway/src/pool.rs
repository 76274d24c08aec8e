//! The pool of all sessions, the public interface of this crate. What users send does not pass
//! through it: a commit of the store wakes the session of its number. Only the bytes of files do, on
//! their way to the disk ([`uploads`]), and what nobody stores ([`typing`]).

mod uploads;

mod calls;
mod copies;
mod disappearing;
mod media;
mod mutes;
mod people;
mod periodic;
mod typing;
mod typing_pace;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{Connection, ConnectionId, ConnectionState, PhoneNumber, StorageTrouble, UserId};
use store::{ActorContext, ConnectionRow, Grant, Manage, Remove, Store, Write};
use tokio::sync::{Semaphore, broadcast, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use whatsapp_rust::prelude::Client;

use crate::attention::{Attention, Watching};
use crate::batch_committer::BatchCommitter;
use crate::disk_room::DiskRoom;
use crate::phone_lookup::CurrentClient;
use crate::pictures::Pictures;
use crate::profile::Profiles;
use crate::session::{Command, Session, Shared};
use crate::state::{Change, StateCell};
use crate::storage::Storage;
use crate::version::Version;
use crate::{
    Config, LookupError, media_downloader, media_uploader, observed_transport, phone_lookup, uptime,
};

use self::typing_pace::TypingPace;
pub use self::uploads::UploadRoom;

/// Capacity of the command queue of a session; more than people can click.
const COMMAND_QUEUE: usize = 64;
/// State changes that a slow subscriber may lag behind before it has to read all states again.
const CHANGE_QUEUE: usize = 1024;
/// Shortest and longest interval between two checks for messages that waited too long.
const EXPIRY_CHECK: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));
/// Time that all sessions together may take to close.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// All sessions of the process. Cheap to clone.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

/// The state that all clones share.
struct Inner {
    shared: Arc<Shared>,
    sessions: Mutex<HashMap<ConnectionId, Handle>>,
    changes: broadcast::Sender<Change>,
    tasks: TaskTracker,
    closing: CancellationToken,
    profiles: Profiles,
}

/// The channels to a running session.
#[derive(Clone)]
struct Handle {
    commands: mpsc::Sender<Command>,
    state: watch::Receiver<ConnectionState>,
    client: CurrentClient,
    typing: TypingPace,
}

impl Handle {
    /// Returns the client while it is logged in with the right phone.
    fn logged_in(&self) -> Option<Arc<Client>> {
        let state = self.state.borrow();
        let is_in = matches!(*state, ConnectionState::Connected | ConnectionState::Syncing);
        is_in.then(|| self.client.get()).flatten()
    }
}

impl Pool {
    /// Creates a pool without running sessions; [`Self::start`] starts the linked ones. It must be
    /// called on the runtime that the pool is to run on.
    pub fn new(store: Store, config: Config) -> Self {
        // The folder of a session is created with its first connection. Their parent must exist
        // before.
        if let Err(error) = std::fs::create_dir_all(&config.sessions_dir) {
            tracing::error!(%error, "the folder of the sessions cannot be made");
        }
        let (folder, reserve) = (config.sessions_dir.clone(), config.disk_reserve);
        let storage = Arc::new(Storage::new(store.clone(), folder, reserve));
        let (media, disk) = (config.media_store.clone(), Arc::clone(&storage));
        let pictures_dir = media.files().folder().to_owned();
        let disk_room = DiskRoom::new(store.clone(), media, config.media, move || disk.spare());
        let disk_room = Arc::new(disk_room);
        let pictures = Pictures::new(store.clone(), pictures_dir, Arc::clone(&disk_room));
        let shared = Shared {
            storage,
            disk_room,
            pictures: Arc::new(pictures),
            download_permits: Arc::new(Semaphore::new(media_downloader::MAX_CONCURRENT_OF_ALL)),
            upload_permits: Arc::new(Semaphore::new(media_uploader::MAX_CONCURRENT_OF_ALL)),
            config,
            store,
            committer: BatchCommitter::start(),
            attention: Attention::default(),
            version: Version::default(),
            connect_permits: Arc::new(Semaphore::new(observed_transport::MAX_CONCURRENT_ATTEMPTS)),
            #[cfg(test)]
            panic_on_command: std::sync::atomic::AtomicBool::new(false),
        };
        Self(Arc::new(Inner {
            shared: Arc::new(shared),
            sessions: Mutex::default(),
            changes: broadcast::Sender::new(CHANGE_QUEUE),
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
            profiles: Profiles::default(),
        }))
    }

    /// Reconnects every linked number, without waiting for a page to be opened, and starts the
    /// background tasks: the uptime record, the storage check, the expiry of queued messages, the removal
    /// of messages that are due, the copies of files that are forwarded, the end of mutes, and the end of
    /// calls that rang when the process stopped or ring for too long. It must be called once. Returns the
    /// number of sessions that were started; their states show when they are connected.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn start(&self) -> Result<usize, store::Error> {
        self.record_uptime();
        self.watch_storage();
        self.expire_queued();
        self.remove_due_always();
        self.end_mutes_always();
        self.copy_files();
        self.end_calls_always().await?;
        let linked = self.0.shared.store.linked_connections().await?;
        for connection in &linked {
            tracing::info!(connection_id = %connection.id, user_id = %connection.owner, "reconnecting from stored credentials");
            self.send_or_start(
                connection.id,
                connection.owner,
                Command::Connect { actor: ActorContext::system() },
            )
            .await;
        }
        Ok(linked.len())
    }

    /// Connects a number, or joins the attempt that is under way: a second browser and a double
    /// click get the same QR. Returns at once; the state shows the progress.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn connect(&self, grant: &Grant<Manage>) -> Result<(), store::Error> {
        self.send_or_start(
            grant.connection(),
            grant.user(),
            Command::Connect { actor: grant.actor() },
        )
        .await;
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
        let command = Command::ConnectWithCode { phone: phone.clone(), actor: grant.actor() };
        self.send_or_start(grant.connection(), grant.user(), command).await;
        Ok(())
    }

    /// Unlinks the device on WhatsApp and deletes its keys. Chats and messages stay.
    ///
    /// # Errors
    /// The database takes no writes.
    pub async fn disconnect(&self, grant: &Grant<Manage>) -> Result<(), store::Error> {
        let (done, unlinked) = oneshot::channel();
        let command = Command::Unlink { actor: grant.actor(), done };
        self.send_or_start(grant.connection(), grant.user(), command).await;
        // Without an answer the process is shutting down, and the keys stay.
        unlinked.await.unwrap_or(Ok(()))
    }

    /// Asks WhatsApp if a phone has an account, in any form of its number. Returns the address of the
    /// account, which is a contact of the number from then on; `None` if there is no account. It sends
    /// nothing to that phone.
    ///
    /// # Errors
    /// [`LookupError`] if the number is not connected, or WhatsApp does not answer in time.
    pub async fn look_up(
        &self,
        grant: &Grant<Write>,
        phone: &PhoneNumber,
    ) -> Result<Option<String>, LookupError> {
        let connection = grant.connection();
        let client = self.handle(connection).and_then(|handle| handle.logged_in());
        let client = client.ok_or(LookupError::NotConnected)?;
        let shared = &self.0.shared;
        let ingest = shared.store.ingest(connection);
        let timeout = shared.config.pauses.lookup_timeout;
        phone_lookup::look_up(&client, &ingest, phone, timeout).await
    }

    /// Replaces the phone of a number and returns the new entry, which the new phone is to link.
    /// The number must be unlinked before.
    ///
    /// # Errors
    /// Those of `Store::change_phone`.
    pub async fn change_phone(&self, grant: &Grant<Manage>) -> Result<ConnectionId, store::Error> {
        let successor = self.0.shared.store.change_phone(grant).await?;
        // A pairing that found another phone, or waits for one, is over.
        let connection = grant.connection();
        self.end_session(connection).await;
        let _ = self.0.changes.send(Change::State(connection));
        // The own phone may have scanned the QR at the same moment.
        let linked = self.0.shared.store.linked_connections().await?;
        if linked.iter().any(|one| one.id == connection) {
            self.connect(grant).await?;
        }
        Ok(successor)
    }

    /// Removes a number with everything in it. The number must be unlinked before.
    ///
    /// # Errors
    /// Those of `Store::remove_connection`.
    pub async fn remove(&self, grant: &Grant<Remove>) -> Result<(), store::Error> {
        self.0.shared.store.remove_connection(grant).await?;
        self.end_session(grant.connection()).await;
        self.remove_media(grant.connection()).await;
        Ok(())
    }

    /// Returns the guard of a user's open pages. A number is online only while a page shows it.
    pub fn watching(&self) -> Watching {
        self.0.shared.attention.watching()
    }

    /// Combines the row of a connection with the current state of its session, as its viewer may
    /// see it. QRs and codes are left out for viewers who may not link.
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
            downtime: row.downtime,
            pending: row.pending,
            private_by_default: row.private_by_default,
        }
    }

    /// Subscribes to the changes of all sessions.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.0.changes.subscribe()
    }

    /// Returns the reason why nothing can be stored right now, if there is one.
    pub fn storage_trouble(&self) -> Option<StorageTrouble> {
        self.0.shared.storage.trouble()
    }

    /// Subscribes to the state of one connection; `None` if it has no session.
    pub fn follow(&self, connection: ConnectionId) -> Option<watch::Receiver<ConnectionState>> {
        self.handle(connection).map(|handle| handle.state)
    }

    /// Closes every session cleanly. Nothing is unlinked.
    pub async fn shutdown(&self) {
        let handles: Vec<Handle> = self.sessions().drain().map(|(_, handle)| handle).collect();
        for handle in &handles {
            // A session that has ended needs no command.
            let _ = handle.commands.send(Command::Stop).await;
        }
        self.0.closing.cancel();
        self.0.tasks.close();
        if tokio::time::timeout(SHUTDOWN_TIMEOUT, self.0.tasks.wait()).await.is_err() {
            tracing::warn!(
                "some sessions did not close in time; what was not confirmed comes again"
            );
        }
    }

    /// Starts the task that checks the disk and the database.
    fn watch_storage(&self) {
        let shared = Arc::clone(&self.0.shared);
        let shutdown = self.0.closing.clone().cancelled_owned();
        self.0.tasks.spawn(async move {
            tokio::select! {
                () = shared.storage.watch() => {}
                () = shutdown => {}
            }
        });
    }

    /// Starts the task that fails messages that waited too long.
    fn expire_queued(&self) {
        let shared = Arc::clone(&self.0.shared);
        let max_wait = shared.config.queue_for;
        // Checked every 5 % of the time to live, within 1 to 60 s.
        let pause = (max_wait / 20).clamp(EXPIRY_CHECK.0, EXPIRY_CHECK.1);
        self.do_every(pause, move || {
            let shared = Arc::clone(&shared);
            async move {
                match shared.store.expire_queued(max_wait).await {
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

    /// Starts the task that records when numbers are connected.
    fn record_uptime(&self) {
        // The task must not keep the pool alive.
        let pool = Arc::downgrade(&self.0);
        let connected = move || match pool.upgrade() {
            Some(pool) => Self(pool).connected(),
            None => BTreeSet::new(),
        };
        let shutdown = self.0.closing.clone().cancelled_owned();
        let store = self.0.shared.store.clone();
        self.0.tasks.spawn(uptime::record(store, self.changes(), connected, shutdown));
    }

    /// Returns the numbers that are connected now.
    fn connected(&self) -> BTreeSet<ConnectionId> {
        let is_connected = |handle: &Handle| *handle.state.borrow() == ConnectionState::Connected;
        self.sessions()
            .iter()
            .filter(|(_, handle)| is_connected(handle))
            .map(|(id, _)| *id)
            .collect()
    }

    /// Sends a command to a session, which is started if it is not running.
    async fn send_or_start(&self, connection: ConnectionId, user: UserId, command: Command) {
        let commands = {
            let mut sessions = self.sessions();
            let handle = sessions.entry(connection).or_insert_with(|| self.spawn(connection, user));
            handle.commands.clone()
        };
        let _ = commands.send(command).await;
    }

    /// Closes a session and removes it; the next command starts another. Waits for its end, since
    /// two sessions must not have the same keys open.
    async fn end_session(&self, connection: ConnectionId) {
        let session = self.sessions().remove(&connection);
        if let Some(session) = session {
            // A session that has ended needs no command.
            let _ = session.commands.send(Command::Stop).await;
            session.commands.closed().await;
        }
    }

    /// Starts the actor of a session.
    fn spawn(&self, connection: ConnectionId, user: UserId) -> Handle {
        let (commands, received) = mpsc::channel(COMMAND_QUEUE);
        let initial = ConnectionState::Disconnected { reason: None };
        let state = Arc::new(StateCell::new(connection, user, initial, self.0.changes.clone()));
        let client = CurrentClient::default();
        let handle = Handle {
            commands,
            state: state.subscribe(),
            client: client.clone(),
            typing: TypingPace::default(),
        };
        let shared = Arc::clone(&self.0.shared);
        let session = Session::new(connection, user, shared, state, client, received);
        self.0.tasks.spawn(session.run());
        handle
    }

    fn handle(&self, connection: ConnectionId) -> Option<Handle> {
        self.sessions().get(&connection).cloned()
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<ConnectionId, Handle>> {
        // A panic while the lock was held leaves the map consistent: every change to it is one
        // call.
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use store::Viewer;

    use super::*;
    use crate::{MediaLimits, MediaStore, testing};

    /// A pool whose socket address has no server.
    async fn pool() -> (Pool, Viewer, tempfile::TempDir) {
        let (store, viewer, folder) = testing::store().await;
        let config = Config {
            sessions_dir: folder.path().join("sessions"),
            media_store: MediaStore::in_folder(folder.path().join("media")).unwrap(),
            ws_url: Some("ws://127.0.0.1:1/ws/chat".into()),
            disk_reserve: 0,
            media: MediaLimits::default(),
            queue_for: Duration::from_secs(3600),
            pairing_pace: 1,
            pauses: crate::Pauses::default(),
            version: None,
        };
        (Pool::new(store, config), viewer, folder)
    }

    #[tokio::test]
    async fn a_panic_costs_one_number_a_reconnection() {
        let (pool, viewer, _folder) = pool().await;
        let number = viewer.own_connection().await.unwrap();
        let user = viewer.user().id;
        let actor = viewer.actor();
        pool.send_or_start(number, user, Command::Connect { actor }).await;
        let mut state = pool.follow(number).unwrap();
        // The next command is the one that panics.
        let runs = |state: &ConnectionState| !matches!(state, ConnectionState::Disconnected { .. });
        state.wait_for(runs).await.unwrap();
        for seconds in [5, 10] {
            pool.0.shared.panic_on_command.store(true, std::sync::atomic::Ordering::Relaxed);
            pool.send_or_start(number, user, Command::Connect { actor: viewer.actor() }).await;
            let waits = |state: &ConnectionState| match state {
                ConnectionState::Connecting { retry_at: Some(at) } => {
                    (seconds - 2..=seconds).contains(&(*at - chrono::Utc::now()).num_seconds())
                }
                _ => false,
            };
            state.wait_for(waits).await.unwrap();
        }
        // It still handles commands.
        let grant = viewer.grant_manage(number).await.unwrap();
        pool.disconnect(&grant).await.unwrap();
        state
            .wait_for(|state| matches!(state, ConnectionState::Disconnected { .. }))
            .await
            .unwrap();
        pool.shutdown().await;
    }
}
