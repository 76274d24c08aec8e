//! The socket to WhatsApp, with its attempts made visible.
//!
//! The library reconnects by itself and says nothing while it fails; a person who waits wants to
//! know that it is tried and when again. It is also where a storm is slowed: when a hundred
//! sessions drop at once, only so many dial at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use whatsapp_rust::async_channel;
use whatsapp_rust::async_trait;
use whatsapp_rust::bytes::Bytes;
use whatsapp_rust::transport::{
    TokioWebSocketTransportFactory, Transport, TransportEvent, TransportFactory,
};

use crate::session::Signal;

/// How many sockets may be opening at once in the process.
pub(crate) const AT_ONCE: usize = 32;
/// How long a socket may take to say goodbye. One that is dead with its buffer full never does, and
/// the library would wait for it before it dials again.
const GOODBYE: Duration = Duration::from_secs(5);

pub(crate) struct Dial {
    pub(crate) socket: TokioWebSocketTransportFactory,
    pub(crate) permits: Arc<Semaphore>,
    pub(crate) signals: mpsc::UnboundedSender<Signal>,
}

impl Dial {
    pub(crate) fn new(
        ws_url: Option<&str>,
        permits: Arc<Semaphore>,
        signals: mpsc::UnboundedSender<Signal>,
    ) -> Self {
        let socket = TokioWebSocketTransportFactory::new();
        let socket = match ws_url {
            Some(url) => socket.with_url(url),
            None => socket,
        };
        Self { socket, permits, signals }
    }
}

#[async_trait]
impl TransportFactory for Dial {
    async fn create_transport(
        &self,
    ) -> whatsapp_rust::anyhow::Result<(Arc<dyn Transport>, async_channel::Receiver<TransportEvent>)>
    {
        // First of all: the library may give up in any of the lines below.
        let attempt = Attempt { signals: self.signals.clone(), over: AtomicBool::new(false) };
        let _permit = self.permits.acquire().await?;
        // The session may be gone already, and then nobody needs to know.
        let _ = self.signals.send(Signal::Dialling);
        let (socket, events) = self.socket.create_transport().await?;
        Ok((Arc::new(Socket { socket, attempt }), events))
    }
}

/// One attempt to reach WhatsApp and the socket that came of it. Its end, whatever it is, is told
/// to the actor once.
struct Attempt {
    signals: mpsc::UnboundedSender<Signal>,
    over: AtomicBool,
}

impl Attempt {
    fn end(&self) {
        if !self.over.swap(true, Ordering::Relaxed) {
            let _ = self.signals.send(Signal::HungUp);
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.end();
    }
}

/// The library's socket. It is hung up by the library in every case, also when the handshake fails
/// or the other side was first.
struct Socket {
    socket: Arc<dyn Transport>,
    attempt: Attempt,
}

#[async_trait]
impl Transport for Socket {
    async fn send(&self, data: Bytes) -> whatsapp_rust::anyhow::Result<()> {
        self.socket.send(data).await
    }

    async fn disconnect(&self) {
        // Sent or not, the socket is closed when it is dropped.
        let _ = tokio::time::timeout(GOODBYE, self.socket.disconnect()).await;
        self.attempt.end();
    }
}
