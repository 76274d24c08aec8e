//! Tasks that do the same again and again.

use std::time::Duration;

use tokio::time::MissedTickBehavior;

use super::Pool;

impl Pool {
    /// Starts a task that does a job now, and again after each pause, until the pool shuts down.
    pub(super) fn do_every<F>(&self, pause: Duration, job: impl Fn() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let shutdown = self.0.closing.clone();
        self.0.tasks.spawn(async move {
            let mut tick = tokio::time::interval(pause);
            tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while shutdown.run_until_cancelled(tick.tick()).await.is_some() {
                let done = job();
                done.await;
            }
        });
    }
}
