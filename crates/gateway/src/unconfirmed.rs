//! The operations of a connection that WhatsApp has not acknowledged yet. Each connection begins with none,
//! since it sends them again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{OperationId, WaMessageId};
use tokio::time::Instant;

/// The outbox sender adds what it sends, and the session removes what WhatsApp answers. Cheap to clone;
/// clones share the same state.
#[derive(Debug, Clone, Default)]
pub(crate) struct Unconfirmed(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    sent: HashMap<WaMessageId, (OperationId, Instant)>,
    /// The answers after which the sender reads on; `None` unless its window is full.
    answers_left: Option<usize>,
}

impl Unconfirmed {
    /// Returns the operations that were sent less than `timeout` ago, and forgets the others.
    pub(crate) fn since(&self, timeout: Duration) -> Vec<OperationId> {
        let mut state = self.state();
        state.sent.retain(|_, (_, at)| at.elapsed() < timeout);
        state.sent.values().map(|(operation, _)| *operation).collect()
    }

    /// Adds an operation before it is sent: its acknowledgement may come before the library returns.
    pub(crate) fn add(&self, id: WaMessageId, operation: OperationId) {
        self.state().sent.insert(id, (operation, Instant::now()));
    }

    /// Removes an operation that was not sent after all.
    pub(crate) fn remove(&self, id: &WaMessageId) {
        self.state().sent.remove(id);
    }

    /// Notes that the window of the sender was full when it read, or was not (`None`). The sender reads
    /// on once half of the window is free: each reading costs a query. Returns true if it is already.
    pub(crate) fn set_full(&self, window: Option<usize>) -> bool {
        let mut state = self.state();
        let answers_left = window.map(|window| state.sent.len().saturating_sub(window / 2));
        state.answers_left = answers_left.filter(|left| *left > 0);
        answers_left == Some(0)
    }

    /// Removes an operation that WhatsApp has answered. Returns true if the sender should read on.
    pub(crate) fn answered(&self, id: &WaMessageId) -> bool {
        let mut state = self.state();
        if state.sent.remove(id).is_none() {
            return false;
        }
        let Some(left) = &mut state.answers_left else { return false };
        *left -= 1;
        let reads_on = *left == 0;
        if reads_on {
            state.answers_left = None;
        }
        reads_on
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.state().sent.is_empty()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(of: u8) -> WaMessageId {
        WaMessageId::from_random([of; 9])
    }

    fn sent(count: u8) -> Unconfirmed {
        let unconfirmed = Unconfirmed::default();
        for of in 0..count {
            unconfirmed.add(id(of), OperationId(i64::from(of)));
        }
        unconfirmed
    }

    #[test]
    fn the_sender_reads_on_once_half_of_a_full_window_is_answered() {
        let unconfirmed = sent(6);
        assert!(!unconfirmed.answered(&id(0)), "the window has room");
        assert!(!unconfirmed.set_full(Some(6)));
        assert!(!unconfirmed.answered(&id(0)), "it was answered before");
        let reads_on: Vec<bool> = (1..6).map(|of| unconfirmed.answered(&id(of))).collect();
        assert_eq!(reads_on, [false, true, false, false, false]);
        assert!(unconfirmed.is_empty());
        assert!(unconfirmed.set_full(Some(6)), "all were answered before the round ended");
        assert!(!unconfirmed.set_full(None));
    }

    #[test]
    fn what_is_not_answered_in_time_is_sent_again() {
        let unconfirmed = sent(1);
        assert_eq!(unconfirmed.since(Duration::from_secs(30)), [OperationId(0)]);
        assert_eq!(unconfirmed.since(Duration::ZERO), []);
        assert!(unconfirmed.is_empty());
    }
}
