//! The actor of one connection, the only place that starts, watches and ends its client.
//!
//! It handles commands of the [`crate::Pool`] and signals of the library one at a time. Two clicks
//! at once join the same pairing, and a state is never half changed.

mod live;
mod signals;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use model::{AuditAction, ConnectionId, ConnectionState, EndReason, StorageTrouble, UserId};
use store::{ActorContext, NewAuditEntry, Store};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::time::Instant;
use whatsapp_rust::futures::FutureExt as _;
use whatsapp_rust::types::events::Event;

use self::live::Live;
use crate::attention::Attention;
use crate::batch_committer::BatchCommitter;
use crate::disk_room::DiskRoom;
use crate::state::StateCell;
use crate::storage::Storage;
use crate::version::Version;
use crate::{Config, credentials};

/// Delay before a session restarts whose run loop ended for no known reason. It doubles with each
/// restart in a row, [`MAX_DOUBLINGS`] times at most: WhatsApp refused the session in a way that
/// another attempt may not solve.
const FIRST_RESTART_DELAY: Duration = Duration::from_secs(5);
const MAX_DOUBLINGS: u32 = 7;
/// Time that WhatsApp has to confirm an unlink. After it the unlink is completed on this side
/// alone.
const UNLINK_TIMEOUT: Duration = Duration::from_secs(10);

/// A request of the pool to a session.
pub(crate) enum Command {
    /// Connect, or join the attempt that is under way.
    Connect { actor: ActorContext },
    /// Request a pairing code from WhatsApp for this number, in digits.
    ConnectWithCode { phone: String, actor: ActorContext },
    /// Unlink the device on WhatsApp and delete its keys.
    Unlink { actor: ActorContext, done: oneshot::Sender<Result<(), store::Error>> },
    /// The outbox has a new message, or a file is to be downloaded.
    Deliver,
    /// A chat was marked as read, so read receipts are due.
    Read,
    /// The process shuts down: close cleanly and keep everything.
    Stop,
    /// Panic, as a bug would.
    #[cfg(test)]
    Panic,
}

/// Something that the client or a task of the session reports.
pub(crate) enum Signal {
    /// A socket is being opened.
    ConnectionAttempt,
    /// The socket could not be opened, or was closed.
    SocketClosed,
    /// WhatsApp does not answer on an open socket.
    Unresponsive,
    /// Messages that had been queued at WhatsApp were stored.
    OfflineMessagesStored,
    /// Messages could not be stored, because the database takes no writes.
    StorageFailed,
    /// The library emitted an event.
    Event(Arc<Event>),
}

/// The parts that all sessions share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) version: Version,
    pub(crate) connect_permits: Arc<Semaphore>,
    pub(crate) storage: Arc<Storage>,
    pub(crate) committer: BatchCommitter,
    pub(crate) attention: Attention,
    pub(crate) disk_room: Arc<DiskRoom>,
    pub(crate) download_permits: Arc<Semaphore>,
}

/// The actor of one connection. See the [module](self).
pub(crate) struct Session {
    connection: ConnectionId,
    /// The user who started it, for the log; the owner after a restart of the process.
    user: UserId,
    shared: Arc<Shared>,
    state: Arc<StateCell>,
    commands: mpsc::Receiver<Command>,
    /// The client, while one runs.
    live: Option<Live>,
    /// Time of the next start after an end that nobody requested.
    restart_at: Option<Instant>,
    /// Restarts since the session was connected last.
    restarts: u32,
    storage: watch::Receiver<Option<StorageTrouble>>,
    /// The client is disconnected because nothing can be stored. It starts again once that is
    /// possible.
    paused: bool,
    /// An event that could not be handled because the database took no writes. It is handled first
    /// after the pause.
    deferred_event: Option<Arc<Event>>,
    /// The actor of the last request to link or unlink.
    requested_by: ActorContext,
}

/// One thing for the actor to handle.
enum Step {
    Command(Command),
    Signal(Signal),
    RunLoopEnded,
    /// The outbox sender, the heartbeat or another task of a connected session panicked.
    TaskPanicked,
    PairingCodeExpired,
    Restart,
    StorageChanged,
    PoolGone,
}

/// The outcome of a step.
enum Next {
    Continue,
    Stop,
}

impl Session {
    pub(crate) fn new(
        connection: ConnectionId,
        user: UserId,
        shared: Arc<Shared>,
        state: Arc<StateCell>,
        commands: mpsc::Receiver<Command>,
    ) -> Self {
        Self {
            storage: shared.storage.follow(),
            paused: false,
            deferred_event: None,
            connection,
            user,
            shared,
            state,
            commands,
            live: None,
            restart_at: None,
            restarts: 0,
            requested_by: ActorContext::system(),
        }
    }

    /// Runs until the pool stops it or is dropped. A panic costs this number a reconnection and
    /// affects no other number.
    pub(crate) async fn run(mut self) {
        loop {
            match AssertUnwindSafe(self.handle_next()).catch_unwind().await {
                Ok(Next::Continue) => {}
                Ok(Next::Stop) => return self.close().await,
                // The client goes, and with it whatever the panic left half done.
                Err(_) => self.on_panic().await,
            }
        }
    }

    async fn handle_next(&mut self) -> Next {
        match self.next_step().await {
            Step::Command(Command::Stop) | Step::PoolGone => return Next::Stop,
            Step::Command(command) => self.on_command(command).await,
            Step::Signal(signal) => self.on_signal(signal).await,
            Step::RunLoopEnded => self.on_run_loop_ended().await,
            Step::TaskPanicked => self.on_panic().await,
            Step::PairingCodeExpired => self.end_with(EndReason::CodeExpired).await,
            Step::Restart => self.start().await,
            Step::StorageChanged => self.on_storage_changed(),
        }
        Next::Continue
    }

    /// Closes the client and schedules a restart.
    async fn on_panic(&mut self) {
        tracing::error!(connection_id = %self.connection, user_id = %self.user, "the session panicked and starts anew");
        metrics::counter!("inbox_session_panics").increment(1);
        if let Some(live) = self.live.take() {
            // The old client must be closed before another starts: two sockets of one device
            // disconnect each other. A task of its own contains another panic.
            let _ = tokio::spawn(live.close()).await;
        }
        self.deferred_event = None;
        if !self.paused {
            self.restart_later();
        }
    }

    /// Schedules a restart, with a longer delay for each in a row.
    fn restart_later(&mut self) {
        let wait = FIRST_RESTART_DELAY * 2u32.pow(self.restarts.min(MAX_DOUBLINGS));
        self.restarts += 1;
        self.restart_at = Some(Instant::now() + wait);
        self.state.set(ConnectionState::Connecting { retry_at: Some(Utc::now() + wait) });
    }

    /// Waits for the next thing to handle.
    async fn next_step(&mut self) -> Step {
        if !self.paused
            && let Some(event) = self.deferred_event.take()
        {
            return Step::Signal(Signal::Event(event));
        }
        let restart_at = self.restart_at;
        let restart = async {
            match restart_at {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let (run_loop, tasks, code_ends_at) = match &mut self.live {
            Some(live) => (Some(&mut live.run_loop), Some(&mut live.tasks), live.code_ends_at),
            None => (None, None, None),
        };
        let code_expiry = async {
            match code_ends_at {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        // Events wait while nothing can be stored.
        let paused = self.paused;
        let next_signal = async {
            match run_loop {
                Some(run_loop) if !paused => run_loop.next().await,
                _ => std::future::pending().await,
            }
        };
        let task_panic = async {
            match tasks {
                Some(tasks) => tasks.wait_for_panic().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            signal = next_signal => signal.map_or(Step::RunLoopEnded, Step::Signal),
            command = self.commands.recv() => command.map_or(Step::PoolGone, Step::Command),
            () = task_panic => Step::TaskPanicked,
            () = code_expiry => Step::PairingCodeExpired,
            () = restart => Step::Restart,
            // An error means that the pool is gone, which the command channel reports as well.
            _ = self.storage.changed() => Step::StorageChanged,
        }
    }

    async fn on_command(&mut self, command: Command) {
        match command {
            Command::Connect { actor } => {
                self.requested_by = actor;
                if self.live.is_none() && !self.paused {
                    self.start().await;
                }
            }
            Command::ConnectWithCode { phone, actor } => {
                self.requested_by = actor;
                if self.live.is_none() && !self.paused {
                    self.start().await;
                }
                // A linked session logs in with its keys and needs no code.
                if let Some(live) = self.live.as_mut().filter(|live| !self.paused && !live.linked) {
                    live.request_pairing_code(phone);
                }
            }
            Command::Unlink { actor, done } => {
                self.requested_by = actor;
                let _ = done.send(match self.shared.storage.trouble() {
                    // The keys would be deleted while the database still shows the number as
                    // linked.
                    Some(StorageTrouble::Database) => Err(store::Error::Outage),
                    _ => {
                        self.unlink().await;
                        Ok(())
                    }
                });
            }
            Command::Deliver => {
                if let Some(live) = &self.live {
                    live.deliver();
                }
            }
            Command::Read => {
                if let Some(live) = &self.live {
                    live.send_receipts();
                }
            }
            // `handle_next` handles it, since `run` must return.
            Command::Stop => {}
            #[cfg(test)]
            Command::Panic => panic!("a mistake"),
        }
    }

    /// Opens the keys and starts the client.
    async fn start(&mut self) {
        self.restart_at = None;
        if let Some(why) = self.shared.storage.trouble() {
            return self.pause(why);
        }
        self.state.set(ConnectionState::Connecting { retry_at: None });
        match Live::start(self.connection, &self.shared).await {
            Ok(live) => {
                self.log("session starting");
                self.live = Some(live);
                // The identity is checked before messages arrive. A device that must be unlinked is
                // unlinked once it is logged in.
                if let Err(error) = self.verify_identity().await {
                    tracing::error!(connection_id = %self.connection, %error, "the linked phone could not be written down");
                }
            }
            Err(error) => {
                tracing::error!(connection_id = %self.connection, user_id = %self.user, %error, "session cannot start");
                self.state.set(ConnectionState::Disconnected { reason: Some(EndReason::Storage) });
            }
        }
    }

    /// Disconnects because nothing can be stored. WhatsApp delivers unacknowledged messages again.
    fn pause(&mut self, why: StorageTrouble) {
        self.paused = true;
        self.restart_at = None;
        if let Some(live) = &mut self.live {
            live.begin_disconnect();
        }
        self.state.set(ConnectionState::Paused { why });
    }

    fn on_storage_changed(&mut self) {
        // A session that has ended stays disconnected.
        let runs = self.live.is_some() || self.restart_at.is_some() || self.paused;
        match self.shared.storage.trouble() {
            Some(why) if runs => self.pause(why),
            Some(_) => {}
            // Events from before the pause are handled first, up to the end of the run loop.
            None if std::mem::take(&mut self.paused) && self.live.is_none() => {
                self.restart_at = Some(Instant::now());
            }
            None => {}
        }
    }

    /// Pauses and reconnects: WhatsApp delivers messages that were not stored again only with the
    /// next connection.
    async fn on_storage_failure(&mut self) {
        let why = self.shared.storage.check().await;
        self.pause(why.unwrap_or(StorageTrouble::Database));
        if why.is_none() {
            self.on_storage_changed();
        }
    }

    /// Handles the end of the run loop, once all its events are handled.
    async fn on_run_loop_ended(&mut self) {
        let Some(live) = self.live.take() else { return };
        let (end, was_linked, disconnect_requested) =
            (live.end, live.linked, live.disconnect_requested);
        live.close().await;
        match end {
            Some(reason) => self.record_end(reason).await,
            None if disconnect_requested => self.start().await,
            // WhatsApp closed the connection in a way that the library neither names nor retries.
            // The keys stay valid.
            None if was_linked => {
                metrics::counter!("inbox_reconnects").increment(1);
                self.restart_later();
            }
            None => self.state.set(ConnectionState::Disconnected { reason: None }),
        }
    }

    /// Closes the running client and records the reason.
    async fn end_with(&mut self, reason: EndReason) {
        if let Some(live) = self.live.take() {
            live.close().await;
        }
        self.record_end(reason).await;
    }

    /// Stores the end of the session and sets its state. Only three reasons delete the keys.
    async fn record_end(&mut self, reason: EndReason) {
        self.restart_at = None;
        while let Err(error) = self.write_end(reason).await {
            tracing::error!(connection_id = %self.connection, %error, "the end of the session could not be written down");
            if !error.is_outage() {
                break;
            }
            // This session has nothing else to do than to wait for the database.
            if let Some(why) = self.shared.storage.check().await {
                self.state.set(ConnectionState::Paused { why });
                if self.storage.changed().await.is_err() {
                    break;
                }
            }
        }
        self.paused = false;
        self.state.set(ConnectionState::Disconnected { reason: Some(reason) });
    }

    async fn write_end(&self, reason: EndReason) -> Result<(), store::Error> {
        let ingest = self.shared.store.ingest(self.connection);
        let actor = match reason {
            EndReason::UnlinkedHere => self.requested_by,
            EndReason::UnlinkedByPhone
            | EndReason::WrongNumber { .. }
            | EndReason::PhoneInUse { .. } => ActorContext::system(),
            other => return ingest.ended(other).await,
        };
        ingest.unlinked(reason, &actor).await?;
        if let Err(error) = credentials::delete(&self.shared.config.sessions_dir, self.connection) {
            tracing::error!(connection_id = %self.connection, %error, "keys could not be deleted");
        }
        Ok(())
    }

    /// Unlinks the device, or cancels a pairing that is under way.
    async fn unlink(&mut self) {
        if let Some(live) = self.live.take_if(|live| !live.linked) {
            // Nobody has scanned yet, so there is only a pairing to cancel.
            live.close().await;
            self.paused = false;
            return self.state.set(ConnectionState::Disconnected { reason: None });
        }
        self.log_out(EndReason::UnlinkedHere).await;
    }

    /// Logs the device out on WhatsApp and deletes its keys.
    async fn log_out(&mut self, reason: EndReason) {
        if let Some(live) = &mut self.live {
            live.end = Some(reason);
            let client = live.client();
            if tokio::time::timeout(UNLINK_TIMEOUT, client.logout()).await.is_err() {
                tracing::warn!(connection_id = %self.connection, "WhatsApp did not confirm the unlink in time");
            }
        }
        self.end_with(reason).await;
    }

    /// Closes the socket and keeps everything.
    async fn close(&mut self) {
        if let Some(live) = self.live.take() {
            live.close().await;
        }
    }

    /// Writes to the audit trail that a QR or a code is now on show.
    async fn audit_pairing_started(&self) {
        self.log("pairing started");
        let entry = NewAuditEntry::new(AuditAction::PairingStarted).connection(self.connection);
        if let Err(error) = self.shared.store.audit(&self.requested_by, entry).await {
            tracing::error!(connection_id = %self.connection, %error, "the audit trail could not be written");
        }
    }

    fn log(&self, event: &'static str) {
        tracing::info!(connection_id = %self.connection, user_id = %self.user, "{event}");
    }
}
