//! The actor of one connection, the only place that starts, watches and ends its client.
//!
//! It handles commands of the [`crate::Pool`] and signals of the library one at a time. Two clicks
//! at once join the same pairing, and a state is never half changed. The [`machine`] decides, and
//! the actor performs the effects.
//!
//! * [`machine`] has the states and all transitions.
//! * [`client`] is the running client, [`run_loop`] its run loop, [`tasks`] what runs while it is
//!   connected.
//! * [`events`] handles signals and events of the session, [`chats`] those about conversations, [`calls`]
//!   those of calls, [`people`] those about people.
//! * [`codes`] shows QRs and pairing codes, [`ending`] records the end of a session.

mod calls;
mod chats;
mod client;
mod codes;
mod command;
mod ending;
mod events;
mod machine;
mod people;
mod run_loop;
mod shared;
mod tasks;

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use model::{ConnectionId, EndReason, StorageTrouble, UserId};
use store::ActorContext;
use tokio::sync::{mpsc, watch};
use whatsapp_rust::futures::FutureExt as _;

use self::client::RunningClient;
pub(crate) use self::command::Command;
use self::machine::{Effect, Now, SessionState, Timer};
pub(crate) use self::shared::Shared;
use crate::calls::RingingCalls;
use crate::phone_lookup::CurrentClient;
use crate::signal::Signal;
use crate::state::StateCell;

/// The actor of one connection. See the [module](self).
pub(crate) struct Session {
    connection: ConnectionId,
    /// The user who started it, for the log; the owner after a restart of the process.
    user: UserId,
    shared: Arc<Shared>,
    state: SessionState<RunningClient>,
    /// The state as the rest of the process sees it.
    shown: Arc<StateCell>,
    /// The client, for requests of the pool that do not wait for this actor.
    current_client: CurrentClient,
    commands: mpsc::Receiver<Command>,
    storage: watch::Receiver<Option<StorageTrouble>>,
    /// The actor of the last request to link or unlink.
    requested_by: ActorContext,
    ringing: RingingCalls,
}

/// The effects of a transition.
type Effects = Vec<Effect<RunningClient>>;

/// One thing for the actor to handle.
enum Step {
    Command(Command),
    Signal(Signal),
    RunLoopEnded,
    /// The outbox sender, the heartbeat or another task of a connected session panicked.
    TaskPanicked,
    Timer(Timer),
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
        shown: Arc<StateCell>,
        current_client: CurrentClient,
        commands: mpsc::Receiver<Command>,
    ) -> Self {
        Self {
            storage: shared.storage.follow(),
            connection,
            user,
            shared,
            state: SessionState::Idle,
            shown,
            current_client,
            commands,
            requested_by: ActorContext::system(),
            ringing: RingingCalls::default(),
        }
    }

    /// Runs until the pool stops it or is dropped. A panic costs this number a reconnection and
    /// affects no other number.
    pub(crate) async fn run(mut self) {
        loop {
            match AssertUnwindSafe(self.handle_next()).catch_unwind().await {
                Ok(Next::Continue) => {}
                Ok(Next::Stop) => return self.close().await,
                Err(_) => self.on_panic().await,
            }
        }
    }

    async fn handle_next(&mut self) -> Next {
        match self.next_step().await {
            Step::Command(Command::Stop) | Step::PoolGone => return Next::Stop,
            Step::Command(command) => self.on_command(command).await,
            Step::Signal(signal) => self.on_signal(signal).await,
            Step::Timer(Timer::CloseOverdue) => {
                tracing::warn!(connection_id = %self.connection, "the library goes on after WhatsApp has ended the session; it is closed");
                let effects = self.state.run_loop_ended(self.trouble(), Now::read());
                self.perform(effects).await;
            }
            Step::RunLoopEnded => {
                let effects = self.state.run_loop_ended(self.trouble(), Now::read());
                self.perform(effects).await;
            }
            Step::TaskPanicked => self.on_panic().await,
            Step::Timer(Timer::CodeExpired) => {
                let effects = self.state.end_now(EndReason::CodeExpired);
                self.perform(effects).await;
            }
            Step::Timer(Timer::Restart) => self.start().await,
            Step::StorageChanged => {
                let effects = self.state.storage_changed(self.trouble());
                self.perform(effects).await;
            }
        }
        Next::Continue
    }

    /// Closes the client and schedules a restart.
    async fn on_panic(&mut self) {
        tracing::error!(connection_id = %self.connection, user_id = %self.user, "the session panicked and starts anew");
        metrics::counter!("inbox_session_panics").increment(1);
        let effects = self.state.panicked(Now::read());
        self.perform(effects).await;
    }

    /// Waits for the next thing to handle.
    async fn next_step(&mut self) -> Step {
        let timer = self.state.timer();
        let timer = async {
            match timer {
                Some((at, timer)) => {
                    tokio::time::sleep_until(at).await;
                    timer
                }
                None => std::future::pending().await,
            }
        };
        // Events wait while nothing can be stored.
        let paused = self.state.is_paused();
        let (run_loop, tasks) = match self.state.client_mut() {
            Some(client) => (Some(&mut client.run_loop), Some(&mut client.tasks)),
            None => (None, None),
        };
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
            timer = timer => Step::Timer(timer),
            // An error means that the pool is gone, which the command channel reports as well.
            _ = self.storage.changed() => Step::StorageChanged,
        }
    }

    async fn on_command(&mut self, command: Command) {
        #[cfg(test)]
        assert!(
            !self.shared.panic_on_command.swap(false, std::sync::atomic::Ordering::Relaxed),
            "a mistake"
        );
        match command {
            Command::RejectCall { call, done } => {
                let is_rejected = self.reject_call(&call).await.unwrap_or_else(|error| {
                    tracing::error!(connection_id = %self.connection, %error, "a rejected call could not be written down");
                    false
                });
                // The request may be over by now.
                let _ = done.send(is_rejected);
            }
            Command::Connect { actor } => {
                self.requested(actor);
                self.start().await;
            }
            Command::ConnectWithCode { phone, actor } => {
                self.requested(actor);
                self.start().await;
                let effects = self.state.in_phase(|phase| phase.request_code(phone));
                self.perform(effects).await;
            }
            Command::Unlink { actor, done } => {
                let _ = done.send(match self.trouble() {
                    // The keys would be deleted while the database still shows the number as
                    // linked.
                    Some(StorageTrouble::Database) => Err(store::Error::Outage),
                    _ => {
                        self.requested(actor);
                        let effects = self.state.unlink();
                        self.perform(effects).await;
                        // The end waits for the database.
                        let is_recorded = !matches!(self.state, SessionState::Ended { .. });
                        is_recorded.then_some(()).ok_or(store::Error::Outage)
                    }
                });
            }
            // `handle_next` handles it, since `run` must return.
            Command::Stop => {}
        }
    }

    /// Notes who requested a change. An end that waits for its record keeps its own actor.
    fn requested(&mut self, actor: ActorContext) {
        if !matches!(self.state, SessionState::Ended { .. }) {
            self.requested_by = actor;
        }
    }

    /// Starts the session, unless it runs or is paused.
    async fn start(&mut self) {
        let effects = self.state.start(self.trouble());
        self.perform(effects).await;
    }

    /// Performs effects, and those that follow from them, in their order.
    async fn perform(&mut self, effects: Effects) {
        let mut effects = VecDeque::from(effects);
        loop {
            // A session that ends may take seconds for it, and asks WhatsApp nothing more.
            if self.state.phase_mut().is_none() {
                self.current_client.clear();
            }
            let Some(effect) = effects.pop_front() else { return };
            effects.extend(self.perform_one(effect).await);
        }
    }

    async fn perform_one(&mut self, effect: Effect<RunningClient>) -> Effects {
        match effect {
            Effect::Show(state) => self.shown.set(state),
            Effect::Open => return self.open().await,
            Effect::StartTasks { again } => self.start_tasks(again),
            Effect::CountReconnect => metrics::counter!("inbox_reconnects").increment(1),
            Effect::Record(reason) => return self.record_end(reason).await,
            // A task of its own contains a panic, and completes the close if this one panics.
            Effect::Close(client) => drop(tokio::spawn(client.close()).await),
            Effect::LogOut(client) => drop(tokio::spawn(client.log_out()).await),
            Effect::StopTasks => self.with_client(RunningClient::stop_tasks),
            Effect::Disconnect => self.with_client(RunningClient::begin_disconnect),
            Effect::Reconnect => self.with_client(|client| client.reconnect()),
            Effect::RequestCode(phone) => {
                self.with_client(|client| client.request_pairing_code(phone));
            }
        }
        Vec::new()
    }

    fn with_client(&mut self, act: impl FnOnce(&mut RunningClient)) {
        if let Some(client) = self.state.client_mut() {
            act(client);
        }
    }

    /// Opens the keys and starts the client.
    async fn open(&mut self) -> Effects {
        match RunningClient::start(self.connection, &self.shared).await {
            Ok((client, linked)) => {
                self.log("session starting");
                self.current_client.set(&client.client(), client.identity_guard.handle());
                let mut effects = self.state.opened(client, linked);
                // The identity is checked before messages arrive. A device that must be unlinked is
                // unlinked once it is logged in.
                if let Err(error) = self.verify_identity().await {
                    tracing::error!(connection_id = %self.connection, %error, "the linked phone could not be written down");
                    // Without the check the messages of this login would be refused.
                    if error.is_outage() {
                        let trouble = self.shared.storage.check().await;
                        effects.extend(self.state.storage_failed(trouble));
                    }
                }
                effects
            }
            Err(error) => {
                tracing::error!(connection_id = %self.connection, user_id = %self.user, %error, "session cannot start");
                self.state.open_failed()
            }
        }
    }

    /// Starts the tasks of a connected session.
    fn start_tasks(&mut self, again: bool) {
        let Some(client) = self.state.client_mut() else { return };
        client.start_tasks(&self.shared);
        let phone = client.client().pn().map(|jid| phone::masked(jid.user_base()));
        if again {
            metrics::counter!("inbox_reconnects").increment(1);
        }
        tracing::info!(connection_id = %self.connection, user_id = %self.user, phone, again, "connected");
    }

    /// Closes the socket and keeps everything.
    async fn close(self) {
        if let Ok((client, _)) = self.state.into_client() {
            client.close().await;
        }
    }

    fn trouble(&self) -> Option<StorageTrouble> {
        self.shared.storage.trouble()
    }

    fn log(&self, event: &'static str) {
        tracing::info!(connection_id = %self.connection, user_id = %self.user, "{event}");
    }
}
