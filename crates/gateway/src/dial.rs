//! The socket to WhatsApp, with its attempts made visible.
//!
//! The library reconnects by itself and says nothing while it fails; a person who waits wants to
//! know that it is tried and when again. It is also where a storm is slowed: when a hundred
//! sessions drop at once, only so many dial at a time.

use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};
use whatsapp_rust::async_channel;
use whatsapp_rust::async_trait;
use whatsapp_rust::transport::{
    TokioWebSocketTransportFactory, Transport, TransportEvent, TransportFactory,
};

use crate::session::Signal;

/// How many sockets may be opening at once in the process.
pub(crate) const AT_ONCE: usize = 32;

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
        let _permit = self.permits.acquire().await?;
        // The session may be gone already, and then nobody needs to know.
        let _ = self.signals.send(Signal::Dialling);
        let dialled = self.socket.create_transport().await;
        if dialled.is_err() {
            let _ = self.signals.send(Signal::DialFailed);
        }
        dialled
    }
}
