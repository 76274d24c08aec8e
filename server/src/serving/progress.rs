//! The step that a connection is at, and since when.

use std::future::pending;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::config::Limits;

/// A step of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing of a request has come since the last one was answered.
    Idle,
    /// The head of a request is not complete. A new connection begins here: whoever connects has
    /// something to ask.
    Head,
    /// The body of a request is not complete, and somebody reads it.
    Body,
    /// The whole request is there, and its answer is being made or sent.
    Answering,
    /// The answer waits until the other side reads what was sent of it.
    Unread,
}

/// Shared by a connection and the parts that move it on.
#[derive(Debug, Clone)]
pub(super) struct Progress(watch::Sender<(Step, Instant)>);

impl Progress {
    pub(super) fn begin() -> Self {
        Self(watch::Sender::new((Step::Head, Instant::now())))
    }

    /// Some bytes have come.
    pub(super) fn received(&self) {
        self.advance(Step::Idle, Step::Head);
    }

    /// The head is complete.
    pub(super) fn headed(&self, has_body: bool) {
        let step = if has_body { Step::Body } else { Step::Answering };
        self.0.send_replace((step, Instant::now()));
    }

    /// The body is complete, or nobody reads it.
    pub(super) fn bodied(&self) {
        self.advance(Step::Body, Step::Answering);
    }

    /// The other side does not read.
    pub(super) fn held_up(&self) {
        self.advance(Step::Answering, Step::Unread);
    }

    /// The other side has read.
    pub(super) fn read(&self) {
        self.advance(Step::Unread, Step::Answering);
    }

    /// The answer is handed over.
    pub(super) fn answered(&self) {
        self.0.send_replace((Step::Idle, Instant::now()));
    }

    pub(super) fn step(&self) -> Step {
        self.0.borrow().0
    }

    /// Since when the other side has owed something; `None` while it is ours to answer.
    pub(super) fn owes_since(&self) -> Option<Instant> {
        let (step, since) = *self.0.borrow();
        (step != Step::Answering).then_some(since)
    }

    /// Returns the step that took longer than it may. Never returns while none does.
    pub(super) async fn overdue(&self, limits: &Limits) -> Step {
        let mut seen = self.0.subscribe();
        loop {
            let (step, since) = *seen.borrow_and_update();
            let within = match step {
                Step::Idle => Some(limits.idle_within),
                Step::Head => Some(limits.head_within),
                Step::Body => Some(limits.body_within),
                // `Patient` counts what is read, over several answers.
                Step::Answering | Step::Unread => None,
            };
            let late = async {
                match within {
                    Some(within) => sleep_until(since + within).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                // This holds a sender, so the channel is open.
                _ = seen.changed() => {}
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
