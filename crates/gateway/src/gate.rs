//! Nothing of a phone is stored before it is known to be the right one.
//!
//! A number belongs to one phone. Any phone that scans is logged in at once, and its messages may come
//! before the store has found out whether it is that one: they wait here, unconfirmed.

use std::time::Duration;

use tokio::sync::watch;

/// How long messages wait. The store answers in milliseconds; if it cannot be asked, they come again
/// at the next login.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether this is the right phone; `None` until the store has said.
pub(crate) type Verdict = Option<bool>;

/// Where the actor says it.
#[derive(Default)]
pub(crate) struct Gate(watch::Sender<Verdict>);

/// Where messages wait for it.
pub(crate) struct Entry(watch::Receiver<Verdict>);

impl Gate {
    pub(crate) fn decide(&self, right_phone: bool) {
        self.0.send_replace(Some(right_phone));
    }

    /// It is known to be another phone.
    pub(crate) fn is_refused(&self) -> bool {
        *self.0.borrow() == Some(false)
    }

    pub(crate) fn entry(&self) -> Entry {
        Entry(self.0.subscribe())
    }
}

impl Entry {
    /// Waits until it is known whether messages may be stored.
    pub(crate) async fn is_open(&self) -> bool {
        let mut verdict = self.0.clone();
        let decided = verdict.wait_for(Option::is_some);
        matches!(tokio::time::timeout(PATIENCE, decided).await, Ok(Ok(verdict)) if *verdict == Some(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_gets_the_verdict() {
        for right_phone in [true, false] {
            let gate = Gate::default();
            let entry = gate.entry();
            let (open, ()) = tokio::join!(entry.is_open(), async { gate.decide(right_phone) });
            assert_eq!(open, right_phone);
            assert_eq!(gate.entry().is_open().await, right_phone);
        }
    }

    #[tokio::test]
    async fn a_session_that_is_gone_lets_nobody_in() {
        let gate = Gate::default();
        let entry = gate.entry();
        drop(gate);
        assert!(!entry.is_open().await);
    }
}
