//! A whatsapp-rust client under test, and the account it is linked to.

use std::sync::Arc;
use std::time::Duration;

use emulator::{Config, Emulator, Scanned};
use tokio::sync::{Mutex, mpsc};
use tracing_subscriber::EnvFilter;
use whatsapp_rust::pair_code::PairCodeOptions;
use whatsapp_rust::prelude::*;
use whatsapp_rust::store::Backend;
use whatsapp_rust::transport::TokioWebSocketTransportFactory;
use whatsapp_rust::wacore::store::{DevicePropsOverride, InMemoryBackend};
use whatsapp_rust::waproto::whatsapp::message::protocol_message::Type;

/// A time longer than any step takes, even on a loaded machine.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

/// Starts an emulator on a free port. `RUST_LOG` shows its log and the clients'.
pub(crate) async fn emulator() -> Emulator {
    // Every test of a process initialises the log; only the first call has an effect.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::from_default_env())
        .with_test_writer()
        .try_init();
    Emulator::start(Config::default()).await.unwrap()
}

struct Forward(mpsc::UnboundedSender<Arc<Event>>);

impl EventHandler for Forward {
    fn handle_event(&self, event: Arc<Event>) {
        let _ = self.0.send(event);
    }
}

/// What a client is started with.
#[derive(Default)]
struct Options {
    pair_code: Option<PairCodeOptions>,
    props: Option<DevicePropsOverride>,
}

/// A running client. Its store outlives it, so that it can be started again.
pub(crate) struct TestClient {
    pub(crate) client: Arc<Client>,
    backend: Arc<dyn Backend>,
    handle: BotHandle,
    events: Mutex<mpsc::UnboundedReceiver<Arc<Event>>>,
}

impl TestClient {
    /// A client that was never linked.
    pub(crate) async fn new(emulator: &Emulator) -> Self {
        Self::start(emulator, Arc::new(InMemoryBackend::new()), Options::default()).await
    }

    /// A client that was never linked and wants the whole history.
    pub(crate) async fn with_full_history(emulator: &Emulator) -> Self {
        let props = DevicePropsOverride::new().with_require_full_sync(true);
        let options = Options { props: Some(props), ..Options::default() };
        Self::start(emulator, Arc::new(InMemoryBackend::new()), options).await
    }

    /// A client that shows a pair code for a number.
    pub(crate) async fn with_pair_code(emulator: &Emulator, number: &str) -> Self {
        let code = PairCodeOptions { phone_number: number.to_owned(), ..Default::default() };
        let options = Options { pair_code: Some(code), ..Options::default() };
        Self::start(emulator, Arc::new(InMemoryBackend::new()), options).await
    }

    /// A client linked to a new phone, ready to chat.
    pub(crate) async fn linked(emulator: &Emulator) -> (Self, Scanned) {
        let phone = emulator.new_phone(None, None).await.unwrap();
        Self::linked_to(emulator, &phone.number).await
    }

    /// A client linked to the given phone, ready to chat.
    pub(crate) async fn linked_to(emulator: &Emulator, number: &str) -> (Self, Scanned) {
        let client = Self::new(emulator).await;
        let qr = client.qr().await;
        let scanned = emulator.scan_with(number, &qr).await.unwrap();
        client.connected().await;
        (client, scanned)
    }

    async fn start(
        emulator: &Emulator,
        backend: Arc<dyn Backend>,
        Options { pair_code, props }: Options,
    ) -> Self {
        let (sender, events) = mpsc::unbounded_channel();
        let transport = TokioWebSocketTransportFactory::new().with_url(emulator.ws_url());
        let mut builder = Bot::builder()
            .with_backend_arc(backend.clone())
            .with_transport_factory(transport)
            .with_version((2, 3000, 1_023_000_000))
            .with_event_handler(Forward(sender));
        if let Some(options) = pair_code {
            builder = builder.with_pair_code(options);
        }
        if let Some(props) = props {
            builder = builder.with_device_props(props);
        }
        let bot = builder.build().await.unwrap();
        let client = bot.client();
        client.set_force_active_delivery_receipts(true);
        Self { client, backend, handle: bot.spawn(), events: Mutex::new(events) }
    }

    /// Another client with the same store, as when a process is started twice.
    pub(crate) async fn twin(&self, emulator: &Emulator) -> Self {
        Self::start(emulator, self.backend.clone(), Options::default()).await
    }

    /// Stops the client in an orderly way, keeping its store.
    pub(crate) async fn stop(self) -> Stopped {
        self.handle.shutdown().await;
        Stopped(self.backend)
    }

    /// Waits for the first event that `find` accepts. Events before it are dropped.
    pub(crate) async fn event<T>(&self, find: impl Fn(&Event) -> Option<T>) -> T {
        let mut events = self.events.lock().await;
        let wait = async {
            loop {
                let event = events.recv().await.expect("the client is gone");
                if let Some(found) = find(&event) {
                    return found;
                }
            }
        };
        tokio::time::timeout(TIMEOUT, wait).await.expect("the event did not come")
    }

    pub(crate) async fn qr(&self) -> String {
        self.event(|event| match event {
            Event::PairingQrCode(qr) => Some(qr.code.clone()),
            _ => None,
        })
        .await
    }

    pub(crate) async fn connected(&self) {
        self.event(|event| matches!(event, Event::Connected(_)).then_some(())).await;
    }

    /// The next message with its metadata.
    pub(crate) async fn message(&self) -> InboundMessage {
        self.event(|event| match event {
            Event::Messages(batch) => batch.messages.iter().find(|one| is_of_chat(one)).cloned(),
            _ => None,
        })
        .await
    }

    /// The next messages, which may come several in one event.
    pub(crate) async fn messages(&self, count: usize) -> Vec<InboundMessage> {
        let mut messages = Vec::new();
        while messages.len() < count {
            let batch = self
                .event(|event| match event {
                    Event::Messages(batch) => Some(batch.clone()),
                    _ => None,
                })
                .await;
            messages.extend(batch.iter().filter(|one| is_of_chat(one)).cloned());
        }
        messages
    }

    /// The texts of the next messages.
    pub(crate) async fn texts(&self, count: usize) -> Vec<String> {
        self.messages(count).await.iter().map(|message| text(message).to_owned()).collect()
    }

    /// Sends a text. Returns its id.
    pub(crate) async fn send(&self, to: &str, text: &str) -> String {
        let to: Jid = to.parse().unwrap();
        self.client.send_text(to, text).await.unwrap().message_id
    }

    /// Sends a text under the given id, which may be a repeat.
    pub(crate) async fn send_as(&self, id: &str, to: &str, text: &str) {
        self.send_content_as(id, to, wa::Message::text(text)).await;
    }

    /// Sends a message of any content under the given id, which may be a repeat.
    pub(crate) async fn send_content_as(&self, id: &str, to: &str, content: wa::Message) {
        let to: Jid = to.parse().unwrap();
        let options = SendOptions::default().with_message_id(id);
        self.client.send_message_with_options(to, content, options).await.unwrap();
    }

    /// The id of the next message the server accepts.
    pub(crate) async fn accepted(&self) -> String {
        self.event(|event| match event {
            Event::ServerAck(ack) if ack.class.as_deref() == Some("message") => {
                assert_eq!(ack.error, None);
                Some(ack.id.clone())
            }
            _ => None,
        })
        .await
    }
}

/// A client's store after it stopped.
pub(crate) struct Stopped(Arc<dyn Backend>);

impl Stopped {
    /// Starts a client from what was stored.
    pub(crate) async fn start(self, emulator: &Emulator) -> TestClient {
        TestClient::start(emulator, self.0, Options::default()).await
    }
}

/// Returns `false` for what the phone sends its linked devices besides chats.
fn is_of_chat(message: &InboundMessage) -> bool {
    let kind = message.message.protocol_message.r#type;
    !matches!(kind, Some(Type::HISTORY_SYNC_NOTIFICATION | Type::APP_STATE_SYNC_KEY_SHARE))
}

/// The text of a message.
pub(crate) fn text(message: &InboundMessage) -> &str {
    message.message.text_content().unwrap_or_default()
}
