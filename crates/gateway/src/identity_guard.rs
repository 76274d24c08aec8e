//! Holds messages back until the phone is known to be the right one.
//!
//! A number belongs to one phone. Any phone that scans is logged in at once, and its messages may
//! arrive before the store has checked its identity. They wait here, unacknowledged.

use std::time::Duration;

use tokio::sync::watch;

/// Time that messages wait. The check takes milliseconds; if the database fails, the messages come
/// again at the next login.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Result of the identity check: true for the right phone, `None` until it completes.
pub(crate) type CheckResult = Option<bool>;

/// Publishes the result of the identity check of one session.
#[derive(Default)]
pub(crate) struct IdentityGuard(watch::Sender<CheckResult>);

/// Waits for the result of the identity check.
#[derive(Clone)]
pub(crate) struct GuardHandle(watch::Receiver<CheckResult>);

impl IdentityGuard {
    /// Sets the result.
    pub(crate) fn decide(&self, right_phone: bool) {
        self.0.send_replace(Some(right_phone));
    }

    /// Returns the result, without waiting for it.
    pub(crate) fn result(&self) -> CheckResult {
        *self.0.borrow()
    }

    pub(crate) fn handle(&self) -> GuardHandle {
        GuardHandle(self.0.subscribe())
    }
}

impl GuardHandle {
    /// Waits for the result. Returns true if messages may be stored.
    pub(crate) async fn is_accepted(&self) -> bool {
        let mut result = self.0.clone();
        let decided = result.wait_for(Option::is_some);
        matches!(tokio::time::timeout(TIMEOUT, decided).await, Ok(Ok(result)) if *result == Some(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_wait_for_the_identity_check() {
        for right_phone in [true, false] {
            let guard = IdentityGuard::default();
            let handle = guard.handle();
            let (accepted, ()) =
                tokio::join!(handle.is_accepted(), async { guard.decide(right_phone) });
            assert_eq!(accepted, right_phone);
            assert_eq!(guard.handle().is_accepted().await, right_phone);
        }
    }

    #[tokio::test]
    async fn a_session_that_is_gone_accepts_nothing() {
        let guard = IdentityGuard::default();
        let handle = guard.handle();
        drop(guard);
        assert!(!handle.is_accepted().await);
    }
}
