//! The socket to WhatsApp, which signals its connection attempts.
//!
//! The library reconnects by itself and emits nothing while it fails, but a waiting person wants to
//! see the attempts and the time of the next one. The transport also limits reconnection storms:
//! when a hundred sessions disconnect at once, only [`MAX_CONCURRENT_ATTEMPTS`] connect at a time.

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

use crate::absence::Absence;
use crate::signal::Signal;

/// Sockets that may be opening at once in the process.
pub(crate) const MAX_CONCURRENT_ATTEMPTS: usize = 32;
/// Time that a socket has to close. A dead one with a full buffer never does, and the library would
/// wait for it before it reconnects.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// The transport factory of one session.
pub(crate) struct ObservedTransport {
    pub(crate) socket: TokioWebSocketTransportFactory,
    pub(crate) permits: Arc<Semaphore>,
    pub(crate) signals: mpsc::UnboundedSender<Signal>,
    pub(crate) absence: Absence,
}

impl ObservedTransport {
    pub(crate) fn new(
        ws_url: Option<&str>,
        permits: Arc<Semaphore>,
        signals: mpsc::UnboundedSender<Signal>,
        absence: Absence,
    ) -> Self {
        let socket = TokioWebSocketTransportFactory::new();
        let socket = match ws_url {
            Some(url) => socket.with_url(url),
            None => socket,
        };
        Self { socket, permits, signals, absence }
    }
}

#[async_trait]
impl TransportFactory for ObservedTransport {
    async fn create_transport(
        &self,
    ) -> whatsapp_rust::anyhow::Result<(Arc<dyn Transport>, async_channel::Receiver<TransportEvent>)>
    {
        // It is created first, since the library may drop this future at any await below.
        let attempt = Attempt { signals: self.signals.clone(), is_over: AtomicBool::new(false) };
        let _permit = self.permits.acquire().await?;
        // Here, since messages of this connection may be stored before the actor has handled the signal.
        self.absence.attempt().await;
        // The session may be gone already, and then nobody needs the signal.
        let _ = self.signals.send(Signal::ConnectionAttempt);
        let (socket, events) = self.socket.create_transport().await?;
        Ok((Arc::new(Socket { socket, attempt }), events))
    }
}

/// One connection attempt and its socket. Its end is signalled to the actor once, whatever the
/// cause.
struct Attempt {
    signals: mpsc::UnboundedSender<Signal>,
    is_over: AtomicBool,
}

impl Attempt {
    fn end(&self) {
        if !self.is_over.swap(true, Ordering::Relaxed) {
            let _ = self.signals.send(Signal::SocketClosed);
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.end();
    }
}

/// The library's socket. The library disconnects it in every case, also after a failed handshake or
/// when the other side closed first.
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
        // The socket closes when it is dropped, even if the close frame was not sent.
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, self.socket.disconnect()).await;
        self.attempt.end();
    }
}
