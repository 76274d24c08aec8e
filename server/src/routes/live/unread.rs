//! The unread totals of a user, the counts of their archived chats, and the time of the next count.

use std::sync::Arc;
use std::time::Duration;

use model::{ConnectionId, LiveEvent};
use tokio::time::{Instant, sleep_until};

use super::shared_event::SharedEvent;

/// Shortest pause between two counts: a burst of messages costs two counts.
const COUNT_EVERY: Duration = Duration::from_millis(500);
/// The pause is at least this many times the duration of the count, for users with much unread.
const COUNT_REST: u32 = 20;

/// Unread messages of numbers, and their archived chats.
pub(super) type Counts = (Vec<(ConnectionId, u32)>, Vec<(ConnectionId, u32)>);

/// Counts of numbers, and the event with them.
type Totals = (Counts, Arc<SharedEvent>);

/// The last totals that were sent.
#[derive(Default)]
pub(super) struct Unread {
    sent: Option<Totals>,
    /// Earliest time of the next count.
    not_before: Option<Instant>,
    due: Option<Instant>,
}

impl Unread {
    /// Schedules a count, because the totals may have changed.
    pub(super) fn schedule(&mut self) {
        let now = Instant::now();
        self.due.get_or_insert(self.not_before.map_or(now, |at| at.max(now)));
    }

    /// Completes when they should be counted.
    pub(super) async fn due(&self) {
        match self.due {
            Some(at) => sleep_until(at).await,
            None => std::future::pending().await,
        }
    }

    /// Records the result of a count that began at `begun`. Returns the event to send, unless the
    /// totals are unchanged.
    pub(super) fn counted(&mut self, begun: Instant, counts: Counts) -> Option<Arc<SharedEvent>> {
        let rest = (begun.elapsed() * COUNT_REST).max(COUNT_EVERY);
        self.not_before = Some(Instant::now() + rest);
        self.due = None;
        if self.sent.as_ref().is_some_and(|(sent, _)| *sent == counts) {
            return None;
        }
        let (numbers, archived) = counts.clone();
        let event = LiveEvent::Unread { numbers, archived: Some(archived) };
        let event = SharedEvent::new(None, event);
        self.sent = Some((counts, Arc::clone(&event)));
        Some(event)
    }

    /// Returns the totals that were sent last.
    pub(super) fn current(&self) -> Option<&Arc<SharedEvent>> {
        self.sent.as_ref().map(|(_, event)| event)
    }
}
