//! The actor of one connection: the only place that starts, watches and ends its client.
//!
//! Commands come from the [`crate::Pool`], signals from the library, and both are handled one at a
//! time, so two clicks at once join the same pairing and a state is never half changed.

mod live;
mod signals;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use model::{AuditAction, ConnectionId, ConnectionState, EndReason, StorageTrouble, UserId};
use store::{By, Entry, Store};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::time::Instant;
use whatsapp_rust::futures::FutureExt as _;
use whatsapp_rust::types::events::Event;

use self::live::Live;
use crate::attention::Attention;
use crate::commit::Commits;
use crate::room::Room;
use crate::state::StateCell;
use crate::storage::Storage;
use crate::version::Version;
use crate::{Config, credentials};

/// How long a session whose run loop ended for no known reason waits before it starts again. Twice
/// as long each time, up to 2^7: WhatsApp refused it in a way that another try may not mend.
const RESTART_AFTER: Duration = Duration::from_secs(5);
const DOUBLINGS: u32 = 7;
/// How long WhatsApp may take to confirm an unlink before it is done on this side alone.
const UNLINK_PATIENCE: Duration = Duration::from_secs(10);

/// What the pool asks of a session.
pub(crate) enum Command {
    /// Connect, or join the connecting that is under way.
    Connect { by: By },
    /// Ask WhatsApp for a pairing code for this number, in digits.
    ConnectWithCode { phone: String, by: By },
    /// Unlink the device on WhatsApp and forget its keys.
    Unlink { by: By, done: oneshot::Sender<Result<(), store::Error>> },
    /// The outbox has something, or a file is to be fetched.
    Deliver,
    /// Somebody read something.
    Read,
    /// The process ends: keep everything, close cleanly.
    Stop,
    /// A mistake of ours.
    #[cfg(test)]
    Panic,
}

/// What a session hears.
pub(crate) enum Signal {
    /// A socket is being opened.
    Dialling,
    /// It could not be opened, or is closed again.
    HungUp,
    /// WhatsApp does not answer on an open socket.
    Silent,
    /// Messages that had waited at WhatsApp were stored.
    Recovered,
    /// Messages could not be stored, because nothing can be.
    NotKept,
    Event(Arc<Event>),
}

/// What all sessions share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) version: Version,
    pub(crate) dial_permits: Arc<Semaphore>,
    pub(crate) storage: Arc<Storage>,
    pub(crate) commits: Commits,
    pub(crate) attention: Attention,
    pub(crate) room: Arc<Room>,
    pub(crate) fetch_permits: Arc<Semaphore>,
}

pub(crate) struct Session {
    connection: ConnectionId,
    /// Who had it started, for the log; the owner after a restart.
    user: UserId,
    shared: Arc<Shared>,
    state: Arc<StateCell>,
    commands: mpsc::Receiver<Command>,
    live: Option<Live>,
    /// When to start again after an end nobody asked for.
    restart_at: Option<Instant>,
    /// How often it did since it was connected last.
    restarts: u32,
    storage: watch::Receiver<Option<StorageTrouble>>,
    /// Hung up because nothing can be kept; to be started again when it can.
    paused: bool,
    /// What the library said and could not be written down: the first thing to do then.
    held: Option<Arc<Event>>,
    /// Who asked last for it to be linked or unlinked.
    asked: By,
}

/// One thing that happened.
enum Step {
    Command(Command),
    Signal(Signal),
    RunLoopEnded,
    /// The courier or the heartbeat did.
    WorkPanicked,
    CodeRanOut,
    Restart,
    StorageChanged,
    PoolGone,
}

enum Next {
    Go,
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
            held: None,
            connection,
            user,
            shared,
            state,
            commands,
            live: None,
            restart_at: None,
            restarts: 0,
            asked: By::system(),
        }
    }

    /// Runs until the pool stops it or is gone. A mistake of ours that panics costs this number a
    /// reconnection, and no other anything.
    pub(crate) async fn run(mut self) {
        loop {
            match AssertUnwindSafe(self.take_step()).catch_unwind().await {
                Ok(Next::Go) => {}
                Ok(Next::Stop) => return self.close().await,
                // What was being changed is dropped with the client.
                Err(_) => self.panicked().await,
            }
        }
    }

    async fn take_step(&mut self) -> Next {
        match self.next_step().await {
            Step::Command(Command::Stop) | Step::PoolGone => return Next::Stop,
            Step::Command(command) => self.obey(command).await,
            Step::Signal(signal) => self.hear(signal).await,
            Step::RunLoopEnded => self.ended().await,
            Step::WorkPanicked => self.panicked().await,
            Step::CodeRanOut => self.end_with(EndReason::CodeExpired).await,
            Step::Restart => self.start().await,
            Step::StorageChanged => self.storage_changed(),
        }
        Next::Go
    }

    /// Starts anew, later and later.
    async fn panicked(&mut self) {
        tracing::error!(connection_id = %self.connection, user_id = %self.user, "the session panicked and starts anew");
        metrics::counter!("inbox_session_panics").increment(1);
        if let Some(live) = self.live.take() {
            // Over before another begins: two sockets of one device throw each other out. In a task of
            // its own, where one more panic ends nothing else.
            let _ = tokio::spawn(live.close()).await;
        }
        self.held = None;
        if !self.paused {
            self.restart_later();
        }
    }

    fn restart_later(&mut self) {
        let wait = RESTART_AFTER * 2u32.pow(self.restarts.min(DOUBLINGS));
        self.restarts += 1;
        self.restart_at = Some(Instant::now() + wait);
        self.state.set(ConnectionState::Connecting { retry_at: Some(Utc::now() + wait) });
    }

    async fn next_step(&mut self) -> Step {
        if !self.paused
            && let Some(event) = self.held.take()
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
        let (signal, work, code_ran_out) = match &mut self.live {
            Some(live) => (Some(&mut live.running), Some(&mut live.work), live.code_ends_at),
            None => (None, None, None),
        };
        let code_end = async {
            match code_ran_out {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        // What is said while nothing can be written down waits.
        let paused = self.paused;
        let heard = async {
            match signal {
                Some(running) if !paused => running.next().await,
                _ => std::future::pending().await,
            }
        };
        let work_panics = async {
            match work {
                Some(work) => work.panics().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            heard = heard => heard.map_or(Step::RunLoopEnded, Step::Signal),
            command = self.commands.recv() => command.map_or(Step::PoolGone, Step::Command),
            () = work_panics => Step::WorkPanicked,
            () = code_end => Step::CodeRanOut,
            () = restart => Step::Restart,
            // An error would mean that the pool is gone, and so are the commands.
            _ = self.storage.changed() => Step::StorageChanged,
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Connect { by } => {
                self.asked = by;
                if self.live.is_none() && !self.paused {
                    self.start().await;
                }
            }
            Command::ConnectWithCode { phone, by } => {
                self.asked = by;
                if self.live.is_none() && !self.paused {
                    self.start().await;
                }
                // Who is linked logs in with the keys there are, and needs no code.
                if let Some(live) = self.live.as_mut().filter(|live| !self.paused && !live.linked) {
                    live.ask_for_code(phone);
                }
            }
            Command::Unlink { by, done } => {
                self.asked = by;
                let _ = done.send(match self.shared.storage.trouble() {
                    // The keys would be gone, and the number be linked for the database.
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
            // Handled by `run`, which must return.
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
                // Asked before anything comes in; a device that is to be unlinked is when it is
                // logged in.
                if let Err(error) = self.write_identity().await {
                    tracing::error!(connection_id = %self.connection, %error, "the linked phone could not be written down");
                }
            }
            Err(error) => {
                tracing::error!(connection_id = %self.connection, user_id = %self.user, %error, "session cannot start");
                self.state.set(ConnectionState::Disconnected { reason: Some(EndReason::Storage) });
            }
        }
    }

    /// Hangs up because nothing can be kept. What WhatsApp has not been told of comes again.
    fn pause(&mut self, why: StorageTrouble) {
        self.paused = true;
        self.restart_at = None;
        if let Some(live) = &mut self.live {
            live.hang_up();
        }
        self.state.set(ConnectionState::Paused { why });
    }

    fn storage_changed(&mut self) {
        // What has ended stays so.
        let runs = self.live.is_some() || self.restart_at.is_some() || self.paused;
        match self.shared.storage.trouble() {
            Some(why) if runs => self.pause(why),
            Some(_) => {}
            // What was said before the pause is heard first, up to the end of the run loop.
            None if std::mem::take(&mut self.paused) && self.live.is_none() => {
                self.restart_at = Some(Instant::now());
            }
            None => {}
        }
    }

    /// Messages were not stored. They come again with the next connection, so there has to be one.
    async fn not_kept(&mut self) {
        let why = self.shared.storage.check().await;
        self.pause(why.unwrap_or(StorageTrouble::Database));
        if why.is_none() {
            self.storage_changed();
        }
    }

    /// The run loop is over, and everything it said has been heard.
    async fn ended(&mut self) {
        let Some(live) = self.live.take() else { return };
        let (end, was_linked, hung_up) = (live.end, live.linked, live.hung_up);
        live.close().await;
        match end {
            Some(reason) => self.settle(reason).await,
            None if hung_up => self.start().await,
            // WhatsApp closed in a way the library neither names nor retries. The keys are good.
            None if was_linked => {
                metrics::counter!("inbox_reconnects").increment(1);
                self.restart_later();
            }
            None => self.state.set(ConnectionState::Disconnected { reason: None }),
        }
    }

    /// Ends the running client for a reason of ours.
    async fn end_with(&mut self, reason: EndReason) {
        if let Some(live) = self.live.take() {
            live.close().await;
        }
        self.settle(reason).await;
    }

    /// Writes an end down and shows it. Keys are deleted for three reasons only.
    async fn settle(&mut self, reason: EndReason) {
        self.restart_at = None;
        while let Err(error) = self.write_end(reason).await {
            tracing::error!(connection_id = %self.connection, %error, "the end of the session could not be written down");
            if !error.is_outage() {
                break;
            }
            // Nothing else is left to do for this session.
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
        let by = match reason {
            EndReason::UnlinkedHere => self.asked,
            EndReason::UnlinkedByPhone
            | EndReason::WrongNumber { .. }
            | EndReason::PhoneInUse { .. } => By::system(),
            other => return ingest.ended(other).await,
        };
        ingest.unlinked(reason, &by).await?;
        if let Err(error) = credentials::delete(&self.shared.config.sessions_dir, self.connection) {
            tracing::error!(connection_id = %self.connection, %error, "keys could not be deleted");
        }
        Ok(())
    }

    async fn unlink(&mut self) {
        if let Some(live) = self.live.take_if(|live| !live.linked) {
            // Nobody scanned yet: there is nothing to unlink, only a pairing to call off.
            live.close().await;
            self.paused = false;
            return self.state.set(ConnectionState::Disconnected { reason: None });
        }
        self.log_out(EndReason::UnlinkedHere).await;
    }

    /// Has WhatsApp and the phone forget this device, and forgets its keys.
    async fn log_out(&mut self, reason: EndReason) {
        if let Some(live) = &mut self.live {
            live.end = Some(reason);
            let client = live.client();
            if tokio::time::timeout(UNLINK_PATIENCE, client.logout()).await.is_err() {
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

    /// Somebody's wish to link a phone has led to something to scan or to type.
    async fn pairing_started(&self) {
        self.log("pairing started");
        let entry = Entry::new(AuditAction::PairingStarted).connection(self.connection);
        if let Err(error) = self.shared.store.audit(&self.asked, entry).await {
            tracing::error!(connection_id = %self.connection, %error, "the audit trail could not be written");
        }
    }

    fn log(&self, event: &'static str) {
        tracing::info!(connection_id = %self.connection, user_id = %self.user, "{event}");
    }
}
