//! Publishes committed changes to the subscribers of this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use model::{ChatId, ConnectionId, Draft, LiveEvent, UserId};
use tokio::sync::{Notify, broadcast};

use super::wakeups::{Wakeups, Work};

/// The most events that a subscriber may fall behind before it needs a replay.
const BACKLOG: usize = 1024;

/// One committed change.
#[derive(Debug, Clone)]
pub struct Committed {
    /// Its number in the stream. Numbers rise; some may be skipped.
    pub seq: i64,
    pub connection: ConnectionId,
    /// Only users who may read this chat may see the event.
    pub chat: ChatId,
    pub event: Arc<LiveEvent>,
}

/// A change of the rights of a user, or of a number. It is neither numbered nor replayed: a page
/// that opens later reads the current state, and a page that missed it loads again
/// ([`super::access`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessChanged {
    /// The rights of one user changed: a grant, their role, or their deactivation.
    User(UserId),
    /// A number changed: it was added, removed or renamed, or has a new downtime or pending count.
    Connection(ConnectionId),
    /// The set of private chats of a number changed, or of the people who have one of its groups.
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

/// Publishes every committed change, events in the order of `seq`.
#[derive(Debug)]
pub struct Hub {
    sender: broadcast::Sender<Committed>,
    access: broadcast::Sender<AccessChanged>,
    drafts: broadcast::Sender<(UserId, Draft)>,
    /// The sessions that wait for something to do.
    wakeups: Mutex<HashMap<ConnectionId, Arc<Wakeups>>>,
    copies: Notify,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            sender: broadcast::Sender::new(BACKLOG),
            access: broadcast::Sender::new(BACKLOG),
            drafts: broadcast::Sender::new(BACKLOG),
            wakeups: Mutex::default(),
            copies: Notify::new(),
        }
    }

    /// Subscribes to events from now on. A subscriber that gets `Lagged` catches up with
    /// `Viewer::replay` from the last number it has seen.
    pub fn subscribe(&self) -> broadcast::Receiver<Committed> {
        self.sender.subscribe()
    }

    /// Subscribes to access changes from now on. A subscriber that gets `Lagged` reads everything
    /// again.
    pub fn access_changes(&self) -> broadcast::Receiver<AccessChanged> {
        self.access.subscribe()
    }

    /// Subscribes to changed drafts from now on, each with its author, the only user who may see
    /// it. They are neither numbered nor replayed; a subscriber that gets `Lagged` reads them
    /// again.
    pub fn drafts(&self) -> broadcast::Receiver<(UserId, Draft)> {
        self.drafts.subscribe()
    }

    /// Returns the wakeups of the session of a number.
    pub fn wakeups(&self, connection: ConnectionId) -> Arc<Wakeups> {
        let mut wakeups = self.wakeups.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(wakeups.entry(connection).or_default())
    }

    /// Wakes a task of the session of a number, if it runs. Otherwise the work waits in the database.
    pub(crate) fn wake(&self, connection: ConnectionId, work: Work) {
        let wakeups = self.wakeups.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wakeups) = wakeups.get(&connection) {
            wakeups.wake(work);
        }
    }

    /// Returns what is notified after every commit with a file that is to be copied
    /// ([`Store::pending_copies`](crate::Store::pending_copies)).
    pub fn copies(&self) -> &Notify {
        &self.copies
    }

    pub(crate) fn publish_draft(&self, author: UserId, draft: Draft) {
        let _ = self.drafts.send((author, draft));
    }

    pub(crate) fn publish_access(&self, changed: AccessChanged) {
        let _ = self.access.send(changed);
    }

    pub(crate) fn publish(&self, event: Committed) {
        // Sending fails without subscribers, which is no error.
        let _ = self.sender.send(event);
    }
}
