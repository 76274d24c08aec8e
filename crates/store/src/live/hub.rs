//! Announces what was committed to whoever listens in this process.

use std::sync::Arc;

use model::{ChatId, ConnectionId, Draft, LiveEvent, UserId};
use tokio::sync::broadcast;

/// How many events a listener may fall behind before it has to ask for a replay.
const BACKLOG: usize = 1024;

/// One committed change.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Its place in the stream, ever rising; numbers may be left out.
    pub seq: i64,
    pub connection: ConnectionId,
    /// Those who may read this conversation may see the event, nobody else.
    pub chat: ChatId,
    pub event: Arc<LiveEvent>,
}

/// Somebody may see or do more, or less, than a moment ago. Neither numbered nor replayed: a page
/// that opens later reads what is so then, and one that was away loads again ([`super::access`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessChanged {
    /// What one user may: a grant, their role, whether they are let in at all.
    User(UserId),
    /// A number itself: it is new, gone, called something else, or has something to say of a gap.
    Connection(ConnectionId),
    /// Which of a number's conversations are private.
    Chats(ConnectionId),
}

impl From<UserId> for AccessChanged {
    fn from(user: UserId) -> Self {
        Self::User(user)
    }
}

impl From<ConnectionId> for AccessChanged {
    fn from(connection: ConnectionId) -> Self {
        Self::Connection(connection)
    }
}

/// Where every committed change passes, events in the order of `seq`.
#[derive(Debug)]
pub struct Hub {
    sender: broadcast::Sender<Committed>,
    access: broadcast::Sender<AccessChanged>,
    drafts: broadcast::Sender<(UserId, Draft)>,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            sender: broadcast::Sender::new(BACKLOG),
            access: broadcast::Sender::new(BACKLOG),
            drafts: broadcast::Sender::new(BACKLOG),
        }
    }

    /// From now on. A listener that gets `Lagged` catches up with `Viewer::replay` from the last
    /// number it has seen.
    pub fn subscribe(&self) -> broadcast::Receiver<Committed> {
        self.sender.subscribe()
    }

    /// Changes of access from now on. A listener that gets `Lagged` looks at everything again.
    pub fn access_changes(&self) -> broadcast::Receiver<AccessChanged> {
        self.access.subscribe()
    }

    /// Drafts that change from now on, each with its author: nobody else may be told of it. Neither
    /// numbered nor replayed; a listener that gets `Lagged` reads them anew.
    pub fn drafts(&self) -> broadcast::Receiver<(UserId, Draft)> {
        self.drafts.subscribe()
    }

    pub(crate) fn publish_draft(&self, author: UserId, draft: Draft) {
        let _ = self.drafts.send((author, draft));
    }

    pub(crate) fn publish_access(&self, changed: AccessChanged) {
        let _ = self.access.send(changed);
    }

    pub(crate) fn publish(&self, event: Committed) {
        // Without listeners there is nobody to tell, and that is no failure.
        let _ = self.sender.send(event);
    }
}
