//! A running client of the library, with everything that lives as long as it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use model::{ConnectionId, PhoneNumber, WaMessageId};
use store::PhoneChange;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use whatsapp_rust::bot::Bot;
use whatsapp_rust::pair_code::PairCodeOptions;
use whatsapp_rust::prelude::{Client, RawNodeLease};
use whatsapp_rust::wacore::store::DevicePropsOverride;
use whatsapp_rust::waproto::whatsapp::device_props::PlatformType;

use super::run_loop::{EventForwarder, RunLoop};
use super::shared::Shared;
use super::tasks::{ConnectedTasks, TaskState};
use crate::absence::Absence;
use crate::address_book::ContactEntry;
use crate::identity_guard::IdentityGuard;
use crate::inbound::DurabilityHook;
use crate::intake::Intake;
use crate::observed_backend::ObservedBackend;
use crate::observed_transport::ObservedTransport;
use crate::pairing_runtime::PairingRuntime;
use crate::redelivery::{self, Redelivery};
use crate::signal::Signal;
use crate::unconfirmed::Unconfirmed;
use crate::{address_book, credentials, http, phone_changes, skipped_sync};

/// The name of this device in the phone's "Aparelhos conectados".
const DEVICE_NAME: &str = "inbox-pirata";
/// Time that a clean close may take before the client is dropped. Nothing is lost by it: WhatsApp
/// delivers unacknowledged messages again.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(8);
/// Time to store what the library has handed over and emits only once, before a session is gone.
const STORE_TIMEOUT: Duration = Duration::from_secs(5);
/// Time that WhatsApp has to confirm an unlink. After it the unlink is completed on this side
/// alone.
const UNLINK_TIMEOUT: Duration = Duration::from_secs(10);
/// One wait of the library for the socket before a pairing code can be requested, and the pause
/// after a wait that failed.
const SOCKET_TIMEOUT: Duration = Duration::from_secs(30);
const SOCKET_PAUSE: Duration = Duration::from_secs(1);

/// A running client.
pub(super) struct RunningClient {
    connection: ConnectionId,
    pub(super) run_loop: RunLoop,
    pub(super) identity_guard: IdentityGuard,
    pub(super) intake: Intake,
    /// The tasks that run only while it is connected.
    pub(super) tasks: ConnectedTasks,
    task_state: TaskState,
    /// For tasks that signal from outside of the library.
    signals: mpsc::UnboundedSender<Signal>,
    /// The task that requests a pairing code once the socket is open. There is one at most, and it
    /// ends with the session.
    code_request: JoinSet<()>,
    /// Entries of the address book to store.
    contacts: mpsc::UnboundedSender<ContactEntry>,
    /// Changes that the phone made of its chats, to store.
    phone_changes: mpsc::UnboundedSender<PhoneChange>,
    /// The tasks that store entries of the address book and changes of the phone. They end once all are
    /// stored of which the senders are gone.
    stores: JoinSet<()>,
    /// The tasks that ask the phone for messages, and WhatsApp for app state that the library did not
    /// read. They end with the session.
    _requests: JoinSet<()>,
    /// Makes the library emit every stanza, for [`Redelivery`].
    _raw_stanzas: RawNodeLease,
}

/// The client could not be started.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    #[error(transparent)]
    Credentials(#[from] credentials::CredentialsError),
    #[error("the WhatsApp client cannot be built: {0}")]
    Build(#[from] whatsapp_rust::bot::BotBuilderError),
}

impl RunningClient {
    /// Opens the keys and starts the client. Returns true beside it if it has the keys of a phone.
    pub(super) async fn start(
        connection: ConnectionId,
        shared: &Shared,
    ) -> Result<(Self, bool), StartError> {
        let backend = credentials::open(&shared.config.sessions_dir, connection).await?;
        let (signals, received) = mpsc::unbounded_channel();
        let absence = Absence::default();
        let transport = ObservedTransport::new(
            shared.config.ws_url.as_deref(),
            Arc::clone(&shared.connect_permits),
            signals.clone(),
            absence.clone(),
        );
        let identity_guard = IdentityGuard::default();
        let task_state = TaskState {
            wakeups: shared.store.hub().wakeups(connection),
            unconfirmed: Unconfirmed::default(),
            presence: Arc::default(),
            number_lookup: Arc::default(),
            groups: Arc::default(),
            blocklist: Arc::default(),
        };
        let intake = Intake {
            identity: identity_guard.handle(),
            committer: shared.committer.clone(),
            ingest: shared.store.ingest(connection),
            absence,
            wakeups: Arc::clone(&task_state.wakeups),
            groups: Arc::clone(&task_state.groups),
        };
        let (redelivery, phone_requests) = Redelivery::new(intake.clone(), signals.clone());
        let backend = ObservedBackend { inner: backend, redelivery: redelivery.clone() };
        let (skipped_syncs, skipped) = mpsc::unbounded_channel();
        let bot = Bot::builder()
            .with_backend_arc(Arc::new(backend))
            .with_transport_factory(transport)
            .with_http_client(http::client())
            .with_runtime(PairingRuntime::new(shared.config.pairing_pace))
            .with_version(shared.version.get(&shared.config).await)
            .with_device_props(
                DevicePropsOverride::new()
                    .with_os(DEVICE_NAME)
                    .with_platform_type(PlatformType::DESKTOP),
            )
            .with_event_handler(EventForwarder {
                signals: signals.clone(),
                redelivery: redelivery.clone(),
                blocklist: Arc::clone(&task_state.blocklist),
                skipped_syncs,
            })
            .with_inbound_durability_hook(DurabilityHook {
                intake: intake.clone(),
                signals: signals.clone(),
            })
            .build()
            .await?;
        let client = bot.client();
        redelivery.set_client(&client);
        let raw_stanzas = client.acquire_raw_node_forwarding();
        let linked = client.pn().is_some();
        if linked {
            intake.absence.begin().await;
        }
        // The phone shows ✓✓ once a message reached the inbox, even if nobody has a page open.
        client.set_force_active_delivery_receipts(true);
        let (contacts, entries) = mpsc::unbounded_channel();
        let mut stores = JoinSet::new();
        stores.spawn(address_book::store_entries(
            shared.store.ingest(connection),
            identity_guard.handle(),
            entries,
        ));
        let (phone_changes, changes) = mpsc::unbounded_channel();
        stores.spawn(phone_changes::store_changes(
            shared.store.ingest(connection),
            identity_guard.handle(),
            changes,
        ));
        let mut asking = JoinSet::new();
        asking.spawn(redelivery::ask_phone(connection, Arc::downgrade(&client), phone_requests));
        asking.spawn(skipped_sync::read_skipped(Arc::downgrade(&client), skipped));
        let running = Self {
            connection,
            run_loop: RunLoop::new(bot.spawn(), received),
            identity_guard,
            intake,
            tasks: ConnectedTasks::default(),
            task_state,
            signals,
            code_request: JoinSet::new(),
            contacts,
            phone_changes,
            stores,
            _requests: asking,
            _raw_stanzas: raw_stanzas,
        };
        Ok((running, linked))
    }

    pub(super) fn client(&self) -> Arc<Client> {
        self.run_loop.client()
    }

    /// Returns true if the library will reconnect by itself.
    pub(super) fn will_reconnect(&self) -> bool {
        self.client().enable_auto_reconnect.load(Ordering::Relaxed)
    }

    pub(super) fn start_tasks(&mut self, shared: &Shared) {
        self.stop_tasks();
        // The sender before is aborted, and may be adding an operation in this moment that it never sends.
        self.task_state.unconfirmed = Unconfirmed::default();
        let signals = self.signals.clone();
        self.tasks = ConnectedTasks::start(
            self.connection,
            &self.client(),
            shared,
            &self.task_state,
            signals,
        );
    }

    pub(super) fn stop_tasks(&mut self) {
        self.tasks = ConnectedTasks::default();
    }

    /// Has the outbox sender go on after WhatsApp's answer to an operation.
    pub(super) fn answered(&self, id: &WaMessageId) {
        if self.task_state.unconfirmed.answered(id) {
            self.task_state.wakeups.outbox.notify_one();
        }
    }

    /// Has the presence sent again, as the library may have sent another one.
    pub(super) fn refresh_presence(&self) {
        self.task_state.presence.notify_one();
    }

    /// Has missing phone numbers looked up, as the library may have learned some.
    pub(super) fn look_up_numbers(&self) {
        self.task_state.number_lookup.notify_one();
    }

    /// Queues an entry of the address book to be stored.
    pub(super) fn queue_contact(&self, entry: ContactEntry) {
        // The receiving task lives as long as `self`.
        let _ = self.contacts.send(entry);
    }

    /// Queues a change that the phone made of a chat to be stored.
    pub(super) fn queue_phone_change(&self, change: PhoneChange) {
        // The receiving task lives as long as `self`.
        let _ = self.phone_changes.send(change);
    }

    /// Requests a pairing code. The library answers with `PairingCode` or `PairingCodeError`.
    pub(super) fn request_pairing_code(&mut self, phone: PhoneNumber) {
        let client = self.client();
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
                let phone_number = phone.digits();
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

    /// Drops a dead socket, so that the library opens another.
    pub(super) fn reconnect(&self) {
        let client = self.client();
        tokio::spawn(async move { client.reconnect_immediately().await });
    }

    /// Starts the disconnect without waiting for it. The run loop ends, and its earlier signals can
    /// still be consumed.
    pub(super) fn begin_disconnect(&mut self) {
        self.stop_tasks();
        let client = self.client();
        tokio::spawn(async move { client.disconnect().await });
    }

    /// Logs the device out on WhatsApp, and closes the client.
    pub(super) async fn log_out(self) {
        if tokio::time::timeout(UNLINK_TIMEOUT, self.client().logout()).await.is_err() {
            tracing::warn!(connection_id = %self.connection, "WhatsApp did not confirm the unlink in time");
        }
        self.close().await;
    }

    /// Closes the client after it has flushed its state, and stores what it has handed over.
    pub(super) async fn close(mut self) {
        self.stop_tasks();
        let client = self.client();
        if let Some(closing) = self.run_loop.shutdown()
            && tokio::time::timeout(CLOSE_TIMEOUT, closing).await.is_err()
        {
            tracing::warn!(connection_id = %self.connection, "the client did not close in time");
            client.signal_shutdown_sync();
        }
        // Nothing of a wrong phone is stored, so there is nothing to wait for.
        if self.identity_guard.result() != Some(true) {
            return;
        }
        drop((self.contacts, self.phone_changes));
        let mut stores = self.stores;
        let stored = async { while stores.join_next().await.is_some() {} };
        if tokio::time::timeout(STORE_TIMEOUT, stored).await.is_err() {
            tracing::warn!(connection_id = %self.connection, "changes of the phone were not stored in time");
        }
    }
}
