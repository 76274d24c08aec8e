//! The pool: which connections run, and the door to them.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{
    ChatId, Connection, ConnectionId, ConnectionState, Message, MessageId, UserId, WaMessageId,
};
use store::{By, ConnectionRow, Grant, Manage, Store, Viewer, Write};
use tokio::sync::{Semaphore, broadcast, mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::phone::{self, InvalidPhone};
use crate::session::{Command, Session, Shared};
use crate::state::{Change, StateCell};
use crate::version::Version;
use crate::{Config, dial, uptime};

/// Commands a session may have waiting; more than people can click.
const MAILBOX: usize = 64;
/// State changes a slow listener may be behind before it has to read all states again.
const CHANGES: usize = 1024;
/// How long all sessions together may take to close.
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(10);

/// Why connecting could not begin.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(transparent)]
    InvalidPhone(#[from] InvalidPhone),
    #[error(transparent)]
    Store(#[from] store::Error),
}

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
    /// A pool with nothing running; [`Self::start`] brings up what has credentials.
    pub fn new(store: Store, config: Config) -> Self {
        let shared = Shared {
            config,
            store,
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
    /// record for how long numbers are connected. To be called once. Returns how many
    /// were started; that they connected is told by their states.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn start(&self) -> Result<usize, store::Error> {
        self.record_uptime();
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
    /// `phone` is no phone number, or the connection is gone.
    pub async fn connect_with_code(
        &self,
        grant: &Grant<Manage>,
        phone: &str,
    ) -> Result<(), ConnectError> {
        let phone = phone::parse(phone)?;
        let command = Command::ConnectWithCode { phone, by: grant.by() };
        self.command(grant.connection(), grant.user(), command).await;
        Ok(())
    }

    /// Unlinks the device on WhatsApp and deletes its keys. Chats and messages stay.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn disconnect(&self, grant: &Grant<Manage>) -> Result<(), store::Error> {
        let (done, waiting) = oneshot::channel();
        let command = Command::Unlink { by: grant.by(), done };
        self.command(grant.connection(), grant.user(), command).await;
        // An error means that the process is stopping; the keys stay then.
        let _ = waiting.await;
        Ok(())
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

    /// Tries a failed message again, under its own id.
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

    /// Marks a chat read here and tells the customer's phone.
    ///
    /// # Errors
    /// The viewer may not write in that chat, or the database fails.
    pub async fn mark_read(&self, viewer: &Viewer, chat: ChatId) -> Result<(), store::Error> {
        let (grant, _) = viewer.write_chat(chat).await?;
        let receipts = viewer.mark_read(chat).await?;
        if !receipts.is_empty() {
            self.tell(grant.connection(), Command::Read(receipts)).await;
        }
        Ok(())
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
            phone: row.phone,
            expected_phone: row.expected_phone,
            owner: row.owner,
            state: if row.can_manage { state } else { state.without_secrets() },
            can_write: row.can_write,
            can_manage: row.can_manage,
            private_by_default: row.private_by_default,
        }
    }

    /// What changes in the sessions from now on.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.0.changes.subscribe()
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
