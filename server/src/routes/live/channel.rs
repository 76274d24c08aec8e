//! The channel from a user's watcher to one of their streams.
//!
//! A browser that reads slowly delays its stream, and the rights of the user may change meanwhile.
//! So everything carries the version of the rights that it was decided with, and a stream that
//! finds another one than the current version discards its channel and catches up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::shared_event::SharedEvent;

/// Most events that a watcher publishes without a pause.
pub(super) const BURST: usize = 64;
/// Most notices that wait for a user's slowest stream. A stream that is further behind catches up
/// with the database.
const BACKLOG: usize = 2 * BURST;

/// A message from the watcher to the streams of its user.
#[derive(Clone)]
pub(super) enum Notice {
    /// An event that the user may see.
    Event(Arc<SharedEvent>),
    /// The page has to load again, because the user may see less now. It is sent even if its number
    /// is not new.
    Reload(Arc<SharedEvent>),
    /// The login of the stream may have ended.
    CheckLogin,
    /// Events may be missing: the stream has to read them from the database.
    CatchUp,
}

/// The sending half, for all streams of a user.
pub(super) struct Publisher {
    notices: broadcast::Sender<(u64, Notice)>,
    rights: Arc<AtomicU64>,
}

/// The receiving half, of one stream.
pub(super) struct Channel {
    notices: broadcast::Receiver<(u64, Notice)>,
    rights: Arc<AtomicU64>,
    joined_at: u64,
    /// The newest values of everything that has no number, when the stream joined.
    pub(super) current: Vec<Arc<SharedEvent>>,
}

impl Publisher {
    pub(super) fn new() -> Self {
        Self { notices: broadcast::Sender::new(BACKLOG), rights: Arc::default() }
    }

    /// Sends a notice to the streams. None may be open.
    pub(super) fn publish(&self, notice: Notice) {
        let _ = self.notices.send((self.version(), notice));
    }

    /// Makes everything outdated that the streams have not handled yet.
    pub(super) fn outdate(&self) {
        self.rights.fetch_add(1, Ordering::AcqRel);
    }

    /// Opens a channel that has everything from now on.
    pub(super) fn subscribe(&self, current: Vec<Arc<SharedEvent>>) -> Channel {
        let (rights, joined_at) = (Arc::clone(&self.rights), self.version());
        Channel { notices: self.notices.subscribe(), rights, joined_at, current }
    }

    fn version(&self) -> u64 {
        self.rights.load(Ordering::Acquire)
    }
}

impl Channel {
    /// Returns the next notice; `None` when the watcher has ended.
    pub(super) async fn next(&mut self) -> Option<Notice> {
        match self.notices.recv().await {
            Ok((version, notice)) if version == self.version() => Some(notice),
            Ok(_) | Err(RecvError::Lagged(_)) => Some(Notice::CatchUp),
            Err(RecvError::Closed) => None,
        }
    }

    /// Returns true if the rights have changed since the stream joined.
    pub(super) fn is_outdated(&self) -> bool {
        self.joined_at != self.version()
    }

    fn version(&self) -> u64 {
        self.rights.load(Ordering::Acquire)
    }
}

#[cfg(test)]
mod tests {
    use model::LiveEvent;

    use super::*;

    fn event() -> Notice {
        Notice::Event(SharedEvent::new(None, LiveEvent::Resync))
    }

    #[tokio::test]
    async fn a_notice_from_before_a_change_of_rights_is_not_handed_out() {
        let publisher = Publisher::new();
        let mut channel = publisher.subscribe(Vec::new());
        publisher.publish(event());
        assert!(matches!(channel.next().await, Some(Notice::Event(_))));
        publisher.publish(event());
        publisher.outdate();
        assert!(channel.is_outdated());
        assert!(matches!(channel.next().await, Some(Notice::CatchUp)));
        publisher.publish(event());
        assert!(matches!(channel.next().await, Some(Notice::Event(_))));
        assert!(!publisher.subscribe(Vec::new()).is_outdated());
    }

    #[tokio::test]
    async fn a_stream_that_is_far_behind_catches_up_and_ends_with_the_watcher() {
        let publisher = Publisher::new();
        let mut channel = publisher.subscribe(Vec::new());
        for _ in 0..=BACKLOG {
            publisher.publish(event());
        }
        assert!(matches!(channel.next().await, Some(Notice::CatchUp)));
        drop(publisher);
        while channel.next().await.is_some() {}
    }
}
