//! Tracks the current step of a connection and its start.

use std::future::pending;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::config::Limits;

/// A step of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// No byte of a request has arrived since the last response.
    Idle,
    /// The head of a request is not complete. A new connection begins here, because a client that
    /// connects is expected to send a request.
    Head,
    /// The body of a request is not complete, and the handler reads it.
    Body,
    /// The request is complete, and its response is being made or sent.
    Responding,
    /// The response is blocked until the client reads what was sent of it.
    Unread,
}

/// Shared by a connection and the parts that advance it.
#[derive(Debug, Clone)]
pub(super) struct Progress(watch::Sender<(Step, Instant)>);

impl Progress {
    pub(super) fn begin() -> Self {
        Self(watch::Sender::new((Step::Head, Instant::now())))
    }

    /// Some bytes have arrived.
    pub(super) fn received(&self) {
        self.advance(Step::Idle, Step::Head);
    }

    /// The head is complete.
    pub(super) fn head_complete(&self, has_body: bool) {
        let step = if has_body { Step::Body } else { Step::Responding };
        self.0.send_replace((step, Instant::now()));
    }

    /// The body is complete, or the handler does not read it.
    pub(super) fn body_complete(&self) {
        self.advance(Step::Body, Step::Responding);
    }

    /// The client does not read.
    pub(super) fn blocked(&self) {
        self.advance(Step::Responding, Step::Unread);
    }

    /// The client has read.
    pub(super) fn unblocked(&self) {
        self.advance(Step::Unread, Step::Responding);
    }

    /// The response is sent.
    pub(super) fn responded(&self) {
        self.0.send_replace((Step::Idle, Instant::now()));
    }

    pub(super) fn step(&self) -> Step {
        self.0.borrow().0
    }

    /// Start of the wait for the client; `None` while the server has to respond.
    pub(super) fn waits_for_client_since(&self) -> Option<Instant> {
        let (step, since) = *self.0.borrow();
        (step != Step::Responding).then_some(since)
    }

    /// Returns the step that exceeds its limit. Stays pending while none does.
    pub(super) async fn overdue(&self, limits: &Limits) -> Step {
        let mut changes = self.0.subscribe();
        loop {
            let (step, since) = *changes.borrow_and_update();
            let within = match step {
                Step::Idle => Some(limits.idle_within),
                Step::Head => Some(limits.head_within),
                Step::Body => Some(limits.body_within),
                // `StepTimeout` limits these, over several responses.
                Step::Responding | Step::Unread => None,
            };
            let late = async {
                match within {
                    Some(within) => sleep_until(since + within).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                // This holds a sender, so the channel is open.
                _ = changes.changed() => {}
                () = late => return step,
            }
        }
    }

    fn advance(&self, from: Step, to: Step) {
        self.0.send_if_modified(|at| {
            let is_there = at.0 == from;
            if is_there {
                *at = (to, Instant::now());
            }
            is_there
        });
    }
}
