//! Holds messages back until the phone is known to be the right one.
//!
//! A number belongs to one phone. Any phone that scans is logged in at once, and its messages may
//! arrive before the store has checked its identity. They wait here, unacknowledged.

use std::time::Duration;

use tokio::sync::watch;

/// Time that messages wait. The check takes milliseconds. If the database fails or is slow, the session
/// reconnects, and the messages come again.
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
    /// Returns the result, without waiting for it.
    pub(crate) fn result(&self) -> CheckResult {
        *self.0.borrow()
    }

    /// Waits for the result. Returns `None` if there is none in time, or if the session is gone.
    pub(crate) async fn wait(&self) -> CheckResult {
        let mut result = self.0.clone();
        match tokio::time::timeout(TIMEOUT, result.wait_for(Option::is_some)).await {
            Ok(Ok(result)) => *result,
            _ => None,
        }
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
            let (result, ()) = tokio::join!(handle.wait(), async { guard.decide(right_phone) });
            assert_eq!(result, Some(right_phone));
            assert_eq!(guard.handle().wait().await, Some(right_phone));
        }
    }

    #[tokio::test]
    async fn a_session_that_is_gone_accepts_nothing() {
        let guard = IdentityGuard::default();
        let handle = guard.handle();
        drop(guard);
        assert_eq!(handle.wait().await, None);
    }
}
