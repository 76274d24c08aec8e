//! The way to a connected client: what its writer task is told to send.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;
use tokio::time::Instant;
use wacore_binary::Node;

use super::lane::{Hold, Lane};
use super::lock;

/// A message to the task that writes to one socket.
pub(crate) enum Outgoing {
    Stanza(Node),
    /// Nothing comes after this.
    End(Ending),
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// With a WebSocket close frame.
    Close,
    /// Without a word, as when the network fails.
    Drop,
}

/// Handle of one connection. Cheap to clone; sending never waits.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    id: u64,
    outgoing: mpsc::UnboundedSender<Outgoing>,
    half_open: Arc<AtomicBool>,
    messages: Arc<Mutex<Lane>>,
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
        // The writer is gone when the socket is; what must not be lost is in the queue.
        let _ = self.outgoing.send(Outgoing::Stanza(node));
    }

    /// Sends a message, behind those that are held back.
    pub(crate) fn send_message(&self, node: Node, hold: Hold) {
        let later = lock(&self.messages).enter(node, hold, Instant::now());
        self.send_due();
        if let Some(due) = later {
            self.send_at(due);
        }
    }

    /// Whether a message waits for another to overtake it.
    pub(crate) fn gives_way(&self) -> bool {
        lock(&self.messages).gives_way()
    }

    fn send_due(&self) {
        // Locked until all are sent: they keep their order whoever else comes along.
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
                // The connection is over.
                () = link.outgoing.closed() => {}
            }
        });
    }

    /// From now on nothing gets through, either way, and the socket stays.
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
