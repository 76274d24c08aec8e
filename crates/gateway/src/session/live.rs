//! A running client and its tasks.

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
use crate::address_book::ContactEntry;
use crate::attention::Presence;
use crate::identity_guard::IdentityGuard;
use crate::inbound::{DurabilityHook, RecoveredChats};
use crate::media_downloader::MediaDownloader;
use crate::observed_transport::ObservedTransport;
use crate::outbox_sender::OutboxSender;
use crate::pairing_runtime::PairingRuntime;
use crate::receipts::ReceiptSender;
use crate::{address_book, credentials, heartbeat, http, state};

/// The name of this device in the phone's "Aparelhos conectados".
const DEVICE_NAME: &str = "inbox-pirata";
/// Time that a clean close may take before the client is dropped. Nothing is lost by it: WhatsApp
/// delivers unacknowledged messages again.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(8);
/// One wait of the library for the socket before a pairing code can be requested, and the pause
/// after a wait that failed.
const SOCKET_TIMEOUT: Duration = Duration::from_secs(30);
const SOCKET_PAUSE: Duration = Duration::from_secs(1);

/// The events that the actor handles. The library skips all others.
const SUBSCRIBED_EVENTS: &[EventKind] = &[
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

/// The library's run loop and its signals. [`RunLoop::next`] returns `None` once the loop has ended
/// and all its signals are consumed.
pub(super) struct RunLoop {
    handle: BotHandle,
    is_over: bool,
    signals: mpsc::UnboundedReceiver<Signal>,
}

impl RunLoop {
    pub(super) async fn next(&mut self) -> Option<Signal> {
        if !self.is_over {
            tokio::select! {
                biased;
                signal = self.signals.recv() => return signal,
                () = &mut self.handle => self.is_over = true,
            }
        }
        self.signals.try_recv().ok()
    }
}

/// A running client.
pub(super) struct Live {
    connection: ConnectionId,
    pub(super) run_loop: RunLoop,
    /// The reason of the end, once it is known and before the run loop ends.
    pub(super) end: Option<EndReason>,
    /// The device is paired: before this start, or since.
    pub(super) linked: bool,
    /// It has been connected since its start, so the next connection is a reconnection.
    pub(super) was_connected: bool,
    /// It was paired just now, so messages of the first login were not missed.
    pub(super) newly_paired: bool,
    /// QRs shown of the current round.
    pub(super) codes_shown: u8,
    /// The phone that a pairing code was requested for.
    pub(super) code_phone: Option<String>,
    /// Time at which the pairing code expires.
    pub(super) code_ends_at: Option<Instant>,
    /// The task that requests a pairing code once the socket is open. There is one at most, and it
    /// ends with the session.
    code_request: JoinSet<()>,
    /// Failed connection attempts in a row.
    pub(super) failed_attempts: u32,
    pub(super) identity_guard: IdentityGuard,
    /// Chats with messages that were queued at WhatsApp and stored since the last look.
    recovered: RecoveredChats,
    /// WhatsApp has reported that its queue is delivered, and the downtime is recorded.
    pub(super) caught_up: bool,
    /// A socket is being opened and nothing has arrived on it yet.
    pub(super) is_connecting: bool,
    /// Its end was requested, to be started again later.
    pub(super) disconnect_requested: bool,
    /// For tasks that signal from outside of the library.
    signals: mpsc::UnboundedSender<Signal>,
    /// Wakes the outbox sender.
    outbox_wakeup: Arc<Notify>,
    /// Wakes the media downloader.
    media_wakeup: Arc<Notify>,
    /// Wakes the receipt sender.
    receipts_wakeup: Arc<Notify>,
    /// Has the presence sent again.
    presence_refresh: Arc<Notify>,
    /// Has missing phone numbers looked up.
    number_lookup: Arc<Notify>,
    /// Entries of the address book to store.
    contacts: mpsc::UnboundedSender<ContactEntry>,
    /// Stores entries of the address book: one task, which ends with the session.
    _address_book: JoinSet<()>,
    /// The tasks that run only while it is connected.
    pub(super) tasks: ConnectedTasks,
}

/// The tasks of a connected session: the outbox sender, the media downloader, the heartbeat and
/// others. They are aborted when this is dropped.
#[derive(Default)]
pub(super) struct ConnectedTasks(JoinSet<()>);

impl ConnectedTasks {
    /// Waits until one of the tasks panics.
    pub(super) async fn wait_for_panic(&mut self) {
        loop {
            match self.0.join_next().await {
                Some(Err(error)) if error.is_panic() => return,
                // The heartbeat ends after it has found the connection dead and signalled that.
                Some(_) => {}
                None => std::future::pending().await,
            }
        }
    }
}

/// Forwards the library's events to the actor, synchronously and in order.
struct EventForwarder(mpsc::UnboundedSender<Signal>);

impl EventHandler for EventForwarder {
    fn handle_event(&self, event: Arc<Event>) {
        // The actor may have dropped this client already.
        let _ = self.0.send(Signal::Event(event));
    }

    fn interest(&self) -> EventInterest {
        EventInterest::of(SUBSCRIBED_EVENTS)
    }
}

/// The client could not be started.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    #[error(transparent)]
    Credentials(#[from] credentials::CredentialsError),
    #[error("the WhatsApp client cannot be built: {0}")]
    Build(#[from] whatsapp_rust::bot::BotBuilderError),
}

impl Live {
    /// Opens the keys and starts the client.
    pub(super) async fn start(
        connection: ConnectionId,
        shared: &Shared,
    ) -> Result<Self, StartError> {
        let backend = credentials::open(&shared.config.sessions_dir, connection).await?;
        let (signals, received) = mpsc::unbounded_channel();
        let transport = ObservedTransport::new(
            shared.config.ws_url.as_deref(),
            Arc::clone(&shared.connect_permits),
            signals.clone(),
        );
        let identity_guard = IdentityGuard::default();
        let recovered = RecoveredChats::default();
        let media_wakeup = Arc::new(Notify::new());
        let bot = Bot::builder()
            .with_backend_arc(backend)
            .with_transport_factory(transport)
            .with_http_client(http::client())
            .with_runtime(PairingRuntime::new(shared.config.pairing_pace))
            .with_version(shared.version.get(&shared.config).await)
            .with_device_props(
                DevicePropsOverride::new()
                    .with_os(DEVICE_NAME)
                    .with_platform_type(PlatformType::DESKTOP),
            )
            .with_event_handler(EventForwarder(signals.clone()))
            .with_inbound_durability_hook(DurabilityHook {
                identity: identity_guard.handle(),
                signals: signals.clone(),
                committer: shared.committer.clone(),
                ingest: shared.store.ingest(connection),
                recovered: Arc::clone(&recovered),
                media_wakeup: Arc::clone(&media_wakeup),
            })
            .build()
            .await?;
        let client = bot.client();
        // The phone shows ✓✓ once a message reached the inbox, even if nobody has a page open.
        client.set_force_active_delivery_receipts(true);
        let linked = client.pn().is_some();
        let (contacts, entries) = mpsc::unbounded_channel();
        let mut address_book_task = JoinSet::new();
        address_book_task.spawn(address_book::store_entries(
            shared.store.ingest(connection),
            identity_guard.handle(),
            entries,
        ));
        Ok(Self {
            connection,
            run_loop: RunLoop { handle: bot.spawn(), is_over: false, signals: received },
            end: None,
            linked,
            was_connected: false,
            newly_paired: false,
            codes_shown: 0,
            code_phone: None,
            code_ends_at: None,
            code_request: JoinSet::new(),
            failed_attempts: 0,
            identity_guard,
            recovered,
            caught_up: false,
            is_connecting: false,
            disconnect_requested: false,
            signals,
            outbox_wakeup: Arc::new(Notify::new()),
            media_wakeup,
            receipts_wakeup: Arc::default(),
            presence_refresh: Arc::default(),
            number_lookup: Arc::default(),
            contacts,
            _address_book: address_book_task,
            tasks: ConnectedTasks::default(),
        })
    }

    pub(super) fn client(&self) -> Arc<Client> {
        self.run_loop.handle.client()
    }

    /// Takes the conversations of messages that had been queued at WhatsApp and were stored since
    /// the last call.
    pub(super) fn take_recovered(&self) -> Vec<ChatId> {
        std::mem::take(&mut self.recovered.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns true if the library will reconnect by itself.
    pub(super) fn will_reconnect(&self) -> bool {
        self.client().enable_auto_reconnect.load(Ordering::Relaxed)
    }

    /// Starts the tasks of a connected session: they send the outbox and receipts, download files,
    /// keep the presence and watch the connection.
    pub(super) fn start_tasks(&mut self, shared: &Shared) {
        self.stop_tasks();
        let pauses = shared.config.pauses;
        let outbox_sender = OutboxSender {
            connection: self.connection,
            client: self.client(),
            outbox: shared.store.outbox(self.connection),
            wakeup: Arc::clone(&self.outbox_wakeup),
        };
        let media_downloader = MediaDownloader {
            connection: self.connection,
            client: self.client(),
            queue: shared.store.media(self.connection),
            disk_room: Arc::clone(&shared.disk_room),
            permits: Arc::clone(&shared.download_permits),
            first_retry: pauses.media_retry,
            wakeup: Arc::clone(&self.media_wakeup),
        };
        let receipts = ReceiptSender {
            connection: self.connection,
            client: self.client(),
            receipts: shared.store.receipts(self.connection),
            wakeup: Arc::clone(&self.receipts_wakeup),
        };
        let presence = Presence {
            connection: self.connection,
            client: self.client(),
            attention: shared.attention.clone(),
            grace: pauses.online_grace,
            refresh: Arc::clone(&self.presence_refresh),
        };
        let ingest = shared.store.ingest(self.connection);
        let numbers =
            address_book::find_numbers(self.client(), ingest, Arc::clone(&self.number_lookup));
        self.tasks.0.spawn(receipts.run());
        self.tasks.0.spawn(presence.run());
        self.tasks.0.spawn(numbers);
        self.tasks.0.spawn(outbox_sender.run());
        self.tasks.0.spawn(media_downloader.run());
        self.tasks.0.spawn(heartbeat::watch(self.client(), pauses, self.signals.clone()));
    }

    pub(super) fn stop_tasks(&mut self) {
        self.tasks = ConnectedTasks::default();
    }

    /// Wakes the outbox sender and the media downloader.
    pub(super) fn deliver(&self) {
        self.outbox_wakeup.notify_one();
        self.media_wakeup.notify_one();
    }

    /// Requests a pairing code. The library answers with `PairingCode` or `PairingCodeError`.
    pub(super) fn request_pairing_code(&mut self, phone: String) {
        let client = self.client();
        self.code_phone = Some(phone.clone());
        self.code_request = JoinSet::new();
        self.code_request.spawn(async move {
            loop {
                // WhatsApp may be unreachable for long, and the code is still wanted then.
                while client.wait_for_socket(SOCKET_TIMEOUT).await.is_err() {
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
                // A refusal is emitted as an event, which ends the session and this task. The loss
                // of the connection meanwhile emits none.
                tokio::time::sleep(SOCKET_PAUSE).await;
            }
        });
    }

    /// Wakes the receipt sender.
    pub(super) fn send_receipts(&self) {
        self.receipts_wakeup.notify_one();
    }

    /// Has the presence sent again, as the library may have sent another one.
    pub(super) fn refresh_presence(&self) {
        self.presence_refresh.notify_one();
    }

    /// Has missing phone numbers looked up, as the library may have learned some.
    pub(super) fn look_up_numbers(&self) {
        self.number_lookup.notify_one();
    }

    /// Queues an entry of the address book to be stored.
    pub(super) fn queue_contact(&self, entry: ContactEntry) {
        // The receiving task lives as long as `self`.
        let _ = self.contacts.send(entry);
    }

    /// Counts a failed attempt and returns the time of the next one.
    pub(super) fn after_failed_attempt(&mut self) -> chrono::DateTime<chrono::Utc> {
        self.failed_attempts += 1;
        state::next_attempt(self.failed_attempts, chrono::Utc::now())
    }

    /// Starts the disconnect without waiting for it. The run loop ends, and its earlier signals can
    /// still be consumed.
    pub(super) fn begin_disconnect(&mut self) {
        self.stop_tasks();
        if !std::mem::replace(&mut self.disconnect_requested, true) {
            let client = self.client();
            tokio::spawn(async move { client.disconnect().await });
        }
    }

    /// Closes the client after it has flushed its state.
    pub(super) async fn close(mut self) {
        self.stop_tasks();
        if self.run_loop.is_over {
            return;
        }
        let client = self.client();
        let closing = self.run_loop.handle.shutdown();
        if tokio::time::timeout(CLOSE_TIMEOUT, closing).await.is_err() {
            tracing::warn!(connection_id = %self.connection, "the client did not close in time");
            client.signal_shutdown_sync();
        }
    }
}
