//! The connection to a client, as senders of stanzas see it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;
use tokio::time::Instant;
use wacore_binary::Node;

use super::send_queue::{Hold, SendQueue};
use crate::lock::lock;

/// A message to the task that writes to one socket.
pub(crate) enum Outgoing {
    Stanza(Node),
    /// The connection ends after this.
    End(Ending),
}

/// The way a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// With a WebSocket close frame.
    Close,
    /// Without a close frame, as when the network fails.
    Drop,
}

/// Handle of one connection. Cheap to clone; sending never waits.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    id: u64,
    outgoing: mpsc::UnboundedSender<Outgoing>,
    half_open: Arc<AtomicBool>,
    messages: Arc<Mutex<SendQueue>>,
}

impl Link {
    pub(crate) fn new(id: u64) -> (Self, mpsc::UnboundedReceiver<Outgoing>) {
        let (outgoing, receiver) = mpsc::unbounded_channel();
        (Self { id, outgoing, half_open: Arc::default(), messages: Arc::default() }, receiver)
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn send(&self, node: Node) {
        if self.is_half_open() {
            return;
        }
        // The writer ends with the socket; stanzas that must not be lost are in the queue.
        let _ = self.outgoing.send(Outgoing::Stanza(node));
    }

    /// Sends a message, after those that are held back.
    pub(crate) fn send_message(&self, node: Node, hold: Hold) {
        let later = lock(&self.messages).push(node, hold, Instant::now());
        self.send_due();
        if let Some(due) = later {
            self.send_at(due);
        }
    }

    /// Returns `true` if a message waits for another to overtake it.
    pub(crate) fn swaps_with_next(&self) -> bool {
        lock(&self.messages).swaps_with_next()
    }

    fn send_due(&self) {
        // The lock is held until all are sent, so that concurrent senders keep the order.
        let mut messages = lock(&self.messages);
        while let Some(node) = messages.next_due(Instant::now()) {
            self.send(node);
        }
    }

    fn send_at(&self, due: Instant) {
        let link = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = tokio::time::sleep_until(due) => link.send_due(),
                // The connection has ended.
                () = link.outgoing.closed() => {}
            }
        });
    }

    /// Lets nothing through in either direction from now on, while the socket stays open.
    pub(crate) fn half_open(&self) {
        self.half_open.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_half_open(&self) -> bool {
        self.half_open.load(Ordering::Relaxed)
    }

    pub(crate) fn end(&self, ending: Ending) {
        let _ = self.outgoing.send(Outgoing::End(ending));
    }
}
