//! A running client and what belongs to it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use model::{ChatId, ConnectionId, EndReason};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::Instant;
use whatsapp_rust::bot::{Bot, BotHandle};
use whatsapp_rust::pair_code::PairCodeOptions;
use whatsapp_rust::prelude::Client;
use whatsapp_rust::types::events::{Event, EventHandler, EventInterest, EventKind};
use whatsapp_rust::wacore::store::DevicePropsOverride;
use whatsapp_rust::waproto::whatsapp::device_props::PlatformType;

use super::{Shared, Signal};
use crate::attention::Presence;
use crate::courier::Courier;
use crate::dial::Dial;
use crate::gate::Gate;
use crate::inbound::{Durable, Recovered};
use crate::pace::Paced;
use crate::people::Known;
use crate::porter::Porter;
use crate::receipts::ReceiptSender;
use crate::{credentials, heartbeat, http, people, state};

/// The name of this device in the phone's "Aparelhos conectados".
const DEVICE_NAME: &str = "inbox-pirata";
/// How long a clean close may take before the client is dropped as it is. Nothing is lost by it:
/// what was not confirmed to WhatsApp comes again.
const CLOSE_PATIENCE: Duration = Duration::from_secs(8);
/// How long the library waits for the socket at a time, and how long it is left alone then, before a
/// pairing code can be asked for.
const SOCKET_PATIENCE: Duration = Duration::from_secs(30);
const SOCKET_PAUSE: Duration = Duration::from_secs(1);

/// What the actor listens to. Everything else the library announces belongs to other features.
const HEARD: &[EventKind] = &[
    EventKind::Connected,
    EventKind::Disconnected,
    EventKind::PairSuccess,
    EventKind::PairError,
    EventKind::LoggedOut,
    EventKind::PairingQrCode,
    EventKind::PairingCode,
    EventKind::PairingCodeRefresh,
    EventKind::PairingCodeError,
    EventKind::PairingQrCodesExhausted,
    EventKind::PairPasskeyRequest,
    EventKind::PairPasskeyError,
    EventKind::ClientOutdated,
    EventKind::Messages,
    EventKind::Receipt,
    EventKind::UndecryptableMessage,
    EventKind::ChatPresence,
    EventKind::OfflineSyncPreview,
    EventKind::OfflineSyncCompleted,
    EventKind::StreamReplaced,
    EventKind::TemporaryBan,
    EventKind::ConnectFailure,
    EventKind::ServerAck,
    EventKind::MarkChatAsReadUpdate,
    EventKind::ContactUpdate,
    EventKind::ContactNumberChanged,
    EventKind::SelfPushNameUpdated,
];

/// The library's run loop and everything it says. [`Running::next`] is `None` once the loop is over
/// and nothing it said is left unheard.
pub(super) struct Running {
    handle: BotHandle,
    over: bool,
    signals: mpsc::UnboundedReceiver<Signal>,
}

impl Running {
    pub(super) async fn next(&mut self) -> Option<Signal> {
        if !self.over {
            tokio::select! {
                biased;
                signal = self.signals.recv() => return signal,
                () = &mut self.handle => self.over = true,
            }
        }
        self.signals.try_recv().ok()
    }
}

pub(super) struct Live {
    connection: ConnectionId,
    pub(super) running: Running,
    /// Set when the end is known before the run loop is over.
    pub(super) end: Option<EndReason>,
    /// The device has an identity: it was paired before, or just now.
    pub(super) linked: bool,
    /// It has been connected since it started, so the next connection is a reconnection.
    pub(super) was_connected: bool,
    /// It was paired just now: what comes with the first login was not missed.
    pub(super) is_new: bool,
    pub(super) codes_shown: u8,
    pub(super) code_phone: Option<String>,
    pub(super) code_ends_at: Option<Instant>,
    /// Waits for the socket and then asks. At most one; ends with the session.
    code_request: JoinSet<()>,
    pub(super) dial_failures: u32,
    pub(super) gate: Gate,
    recovered: Recovered,
    /// WhatsApp has said that it handed over everything, and the gap is in the ledger.
    pub(super) caught_up: bool,
    /// A socket is being opened and nothing was heard on it yet.
    pub(super) opening: bool,
    /// It was told to end, to be started again.
    pub(super) hung_up: bool,
    /// For those who signal from outside of the library.
    signal: mpsc::UnboundedSender<Signal>,
    bell: Arc<Notify>,
    fetch: Arc<Notify>,
    read: Arc<Notify>,
    presence: Arc<Notify>,
    numbers: Arc<Notify>,
    heard_of: mpsc::UnboundedSender<Known>,
    /// Writes down who is who; at most one task, which ends with the session.
    _people: JoinSet<()>,
    pub(super) work: Work,
}

/// What runs while the session is connected: the courier, the porter, the heartbeat and the like. Ends
/// when it is dropped.
#[derive(Default)]
pub(super) struct Work(JoinSet<()>);

impl Work {
    /// Waits until a part of it panics.
    pub(super) async fn panics(&mut self) {
        loop {
            match self.0.join_next().await {
                Some(Err(error)) if error.is_panic() => return,
                // The heartbeat ends when it has found the connection dead, and said so.
                Some(_) => {}
                None => std::future::pending().await,
            }
        }
    }
}

/// Forwards the library's events, inline and in their order, to the actor.
struct Forward(mpsc::UnboundedSender<Signal>);

impl EventHandler for Forward {
    fn handle_event(&self, event: Arc<Event>) {
        // The actor may have let go of this client already.
        let _ = self.0.send(Signal::Event(event));
    }

    fn interest(&self) -> EventInterest {
        EventInterest::of(HEARD)
    }
}

/// The client could not be built.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    #[error(transparent)]
    Credentials(#[from] credentials::CredentialsError),
    #[error("the WhatsApp client cannot be built: {0}")]
    Build(#[from] whatsapp_rust::bot::BotBuilderError),
}

impl Live {
    pub(super) async fn start(
        connection: ConnectionId,
        shared: &Shared,
    ) -> Result<Self, StartError> {
        let backend = credentials::open(&shared.config.sessions_dir, connection).await?;
        let (heard, signals) = mpsc::unbounded_channel();
        let dial = Dial::new(
            shared.config.ws_url.as_deref(),
            Arc::clone(&shared.dial_permits),
            heard.clone(),
        );
        let signal = heard.clone();
        let gate = Gate::default();
        let recovered = Recovered::default();
        let fetch = Arc::new(Notify::new());
        let bot = Bot::builder()
            .with_backend_arc(backend)
            .with_transport_factory(dial)
            .with_http_client(http::client())
            .with_runtime(Paced::new(shared.config.pairing_pace))
            .with_version(shared.version.get(&shared.config).await)
            .with_device_props(
                DevicePropsOverride::new()
                    .with_os(DEVICE_NAME)
                    .with_platform_type(PlatformType::DESKTOP),
            )
            .with_event_handler(Forward(heard))
            .with_inbound_durability_hook(Durable {
                entry: gate.entry(),
                signals: signal.clone(),
                commits: shared.commits.clone(),
                ingest: shared.store.ingest(connection),
                recovered: Arc::clone(&recovered),
                fetch: Arc::clone(&fetch),
            })
            .build()
            .await?;
        let client = bot.client();
        // The phone shows ✓✓ for what reached the inbox, whether or not somebody is looking at it.
        client.set_force_active_delivery_receipts(true);
        let linked = client.pn().is_some();
        let (heard_of, known) = mpsc::unbounded_channel();
        let mut people = JoinSet::new();
        people.spawn(people::write_down(shared.store.ingest(connection), gate.entry(), known));
        Ok(Self {
            connection,
            running: Running { handle: bot.spawn(), over: false, signals },
            end: None,
            linked,
            was_connected: false,
            is_new: false,
            codes_shown: 0,
            code_phone: None,
            code_ends_at: None,
            code_request: JoinSet::new(),
            dial_failures: 0,
            gate,
            recovered,
            caught_up: false,
            opening: false,
            hung_up: false,
            signal,
            bell: Arc::new(Notify::new()),
            fetch,
            read: Arc::default(),
            presence: Arc::default(),
            numbers: Arc::default(),
            heard_of,
            _people: people,
            work: Work::default(),
        })
    }

    pub(super) fn client(&self) -> Arc<Client> {
        self.running.handle.client()
    }

    /// The conversations of messages that had waited at WhatsApp, since this was asked last.
    pub(super) fn take_recovered(&self) -> Vec<ChatId> {
        std::mem::take(&mut self.recovered.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The library will dial again by itself.
    pub(super) fn reconnects(&self) -> bool {
        self.client().enable_auto_reconnect.load(Ordering::Relaxed)
    }

    /// Begins carrying the outbox, fetching files, sending receipts and looking after the connection.
    pub(super) fn start_work(&mut self, shared: &Shared) {
        self.stop_work();
        let courier = Courier {
            connection: self.connection,
            client: self.client(),
            outbox: shared.store.outbox(self.connection),
            bell: Arc::clone(&self.bell),
        };
        let porter = Porter {
            connection: self.connection,
            client: self.client(),
            queue: shared.store.media(self.connection),
            room: Arc::clone(&shared.room),
            permits: Arc::clone(&shared.fetch_permits),
            bell: Arc::clone(&self.fetch),
        };
        let receipts = ReceiptSender {
            connection: self.connection,
            client: self.client(),
            receipts: shared.store.receipts(self.connection),
            bell: Arc::clone(&self.read),
        };
        let presence = Presence {
            connection: self.connection,
            client: self.client(),
            attention: shared.attention.clone(),
            again: Arc::clone(&self.presence),
        };
        let ingest = shared.store.ingest(self.connection);
        let numbers = people::find_numbers(self.client(), ingest, Arc::clone(&self.numbers));
        self.work.0.spawn(receipts.run());
        self.work.0.spawn(presence.run());
        self.work.0.spawn(numbers);
        self.work.0.spawn(courier.run());
        self.work.0.spawn(porter.run());
        self.work.0.spawn(heartbeat::watch(self.client(), self.signal.clone()));
    }

    pub(super) fn stop_work(&mut self) {
        self.work = Work::default();
    }

    /// There is something to send, or to fetch.
    pub(super) fn deliver(&self) {
        self.bell.notify_one();
        self.fetch.notify_one();
    }

    /// Asks for a pairing code. The answer comes as `PairingCode` or `PairingCodeError`.
    pub(super) fn ask_for_code(&mut self, phone: String) {
        let client = self.client();
        self.code_phone = Some(phone.clone());
        self.code_request = JoinSet::new();
        self.code_request.spawn(async move {
            loop {
                // WhatsApp may be out of reach for long; whoever asked still wants the code.
                while client.wait_for_socket(SOCKET_PATIENCE).await.is_err() {
                    tokio::time::sleep(SOCKET_PAUSE).await;
                }
                if client.is_logged_in() {
                    return;
                }
                client.cancel_pair_code().await;
                let phone_number = phone.clone();
                let options = PairCodeOptions { phone_number, ..Default::default() };
                if client.pair_with_code(options).await.is_ok() {
                    return;
                }
                // A refusal is announced as an event, which ends the session and this with it. Of a
                // connection that was lost meanwhile nothing is said.
                tokio::time::sleep(SOCKET_PAUSE).await;
            }
        });
    }

    /// Something was read.
    pub(super) fn send_receipts(&self) {
        self.read.notify_one();
    }

    /// The library may have said that the number is online.
    pub(super) fn tell_presence_again(&self) {
        self.presence.notify_one();
    }

    /// The library may have learned whose numbers are whose.
    pub(super) fn look_for_numbers(&self) {
        self.numbers.notify_one();
    }

    /// Somebody is to be written down.
    pub(super) fn heard_of(&self, known: Known) {
        // The task behind it lives as long as this.
        let _ = self.heard_of.send(known);
    }

    /// When the next attempt comes after one more failure.
    pub(super) fn after_failed_dial(&mut self) -> chrono::DateTime<chrono::Utc> {
        self.dial_failures += 1;
        state::next_dial(self.dial_failures, chrono::Utc::now())
    }

    /// Has the client close, without waiting for it: its run loop ends, and what it said before can
    /// still be heard.
    pub(super) fn hang_up(&mut self) {
        self.stop_work();
        if !std::mem::replace(&mut self.hung_up, true) {
            let client = self.client();
            tokio::spawn(async move { client.disconnect().await });
        }
    }

    /// Closes the client, flushing what it holds.
    pub(super) async fn close(mut self) {
        self.stop_work();
        if self.running.over {
            return;
        }
        let client = self.client();
        let closing = self.running.handle.shutdown();
        if tokio::time::timeout(CLOSE_PATIENCE, closing).await.is_err() {
            tracing::warn!(connection_id = %self.connection, "the client did not close in time");
            client.signal_shutdown_sync();
        }
    }
}
