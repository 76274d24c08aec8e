//! Announces what was committed to whoever listens in this process.

use std::sync::Arc;

use model::{ChatId, ConnectionId, LiveEvent};
use tokio::sync::broadcast;

/// How many events a listener may fall behind before it has to ask for a replay.
const BACKLOG: usize = 1024;

/// One committed change.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Its place in the stream, ever rising; numbers may be left out.
    pub seq: i64,
    /// Whose event it is: those who may read this connection may see it, nobody else.
    pub connection: ConnectionId,
    pub chat: ChatId,
    pub event: Arc<LiveEvent>,
}

/// Where every committed change passes, in the order of `seq`.
#[derive(Debug)]
pub struct Hub {
    sender: broadcast::Sender<Committed>,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self { sender: broadcast::Sender::new(BACKLOG) }
    }

    /// From now on. A listener that gets `Lagged` catches up with `Viewer::replay` from the last
    /// number it has seen.
    pub fn subscribe(&self) -> broadcast::Receiver<Committed> {
        self.sender.subscribe()
    }

    pub(crate) fn publish(&self, event: Committed) {
        // Without listeners there is nobody to tell, and that is no failure.
        let _ = self.sender.send(event);
    }
}
