//! The state of one session, and who hears of its changes.

use chrono::{DateTime, Utc};
use model::{ChatId, ConnectionId, ConnectionState, UserId};
use std::time::Duration;
use tokio::sync::{broadcast, watch};

/// Something about a session that is shown and not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The session's state is another.
    State(ConnectionId),
    /// The other side of a chat started or stopped typing.
    Typing { connection: ConnectionId, chat: ChatId, typing: bool },
}

/// A session's state as the rest of the process sees it. Written by its actor only.
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

    /// Sets the state, tells who listens, counts it, and logs a change of kind.
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
        // Nobody may be listening, which is no error.
        let _ = self.changes.send(Change::State(self.connection));
    }

    /// Tells that the other side of a chat started or stopped typing.
    pub(crate) fn typing(&self, chat: ChatId, typing: bool) {
        let _ = self.changes.send(Change::Typing { connection: self.connection, chat, typing });
    }
}

fn count(state: &ConnectionState, by: f64) {
    metrics::gauge!("inbox_sessions", "state" => state.name()).increment(by);
}

/// When the library dials again after `failures` failed attempts in a row: its own Fibonacci
/// backoff (1, 1, 2, 3, 5 … 900 s), less the jitter of a tenth, which is why the interface says
/// "about".
pub(crate) fn next_dial(failures: u32, now: DateTime<Utc>) -> DateTime<Utc> {
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
    fn waiting_grows_and_is_bounded() {
        let now = DateTime::UNIX_EPOCH;
        let waits: Vec<_> =
            (1..=6).map(|failures| (next_dial(failures, now) - now).num_seconds()).collect();
        assert_eq!(waits, [1, 1, 2, 3, 5, 8]);
        assert_eq!((next_dial(1000, now) - now).num_seconds(), 900);
    }
}
