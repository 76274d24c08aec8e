//! The state of one session, and its subscribers.

use chrono::{DateTime, Utc};
use model::{ChatId, ConnectionId, ConnectionState, Typing, UserId};
use std::time::Duration;
use tokio::sync::{broadcast, watch};

/// A change of a session that is shown and not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The session has another state.
    State(ConnectionId),
    /// The other side of a chat started or stopped typing or recording.
    Typing { connection: ConnectionId, chat: ChatId, typing: Typing },
}

/// The state of a session as the rest of the process sees it. Only its actor writes it.
pub(crate) struct StateCell {
    connection: ConnectionId,
    user: UserId,
    state: watch::Sender<ConnectionState>,
    changes: broadcast::Sender<Change>,
}

impl StateCell {
    pub(crate) fn new(
        connection: ConnectionId,
        user: UserId,
        initial: ConnectionState,
        changes: broadcast::Sender<Change>,
    ) -> Self {
        count(&initial, 1.0);
        Self { connection, user, state: watch::Sender::new(initial), changes }
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<ConnectionState> {
        self.state.subscribe()
    }

    pub(crate) fn get(&self) -> ConnectionState {
        self.state.borrow().clone()
    }

    /// Sets the state, notifies subscribers, updates the metric, and logs a change of kind.
    pub(crate) fn set(&self, next: ConnectionState) {
        let before = self.get();
        if before == next {
            return;
        }
        count(&before, -1.0);
        count(&next, 1.0);
        if before.name() != next.name() {
            tracing::info!(
                connection_id = %self.connection,
                user_id = %self.user,
                from = before.name(),
                to = next.name(),
                reason = match &next {
                    ConnectionState::Disconnected { reason } => reason.as_ref().map(|r| r.name()),
                    _ => None,
                },
                "session state"
            );
        }
        self.state.send_replace(next);
        // Without subscribers this returns an error, which does not matter.
        let _ = self.changes.send(Change::State(self.connection));
    }

    /// Notifies subscribers that the other side of a chat started or stopped typing or
    /// recording.
    pub(crate) fn typing(&self, chat: ChatId, typing: Typing) {
        let _ = self.changes.send(Change::Typing { connection: self.connection, chat, typing });
    }
}

fn count(state: &ConnectionState, by: f64) {
    metrics::gauge!("inbox_sessions", "state" => state.name()).increment(by);
}

/// Returns the time of the next attempt of the library after `failures` failed ones in a row. It
/// follows the Fibonacci backoff of the library (1, 1, 2, 3, 5 … 900 s) without its jitter of a
/// tenth, so the interface shows "about".
pub(crate) fn next_attempt(failures: u32, now: DateTime<Utc>) -> DateTime<Utc> {
    let (mut seconds, mut next) = (1u64, 1u64);
    for _ in 1..failures {
        (seconds, next) = (next, (seconds + next).min(900));
    }
    now + Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_grows_and_is_bounded() {
        let now = DateTime::UNIX_EPOCH;
        let waits: Vec<_> =
            (1..=6).map(|failures| (next_attempt(failures, now) - now).num_seconds()).collect();
        assert_eq!(waits, [1, 1, 2, 3, 5, 8]);
        assert_eq!((next_attempt(1000, now) - now).num_seconds(), 900);
    }
}
