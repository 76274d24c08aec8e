//! The queue of events of one stream, bounded in bytes.
//!
//! A slow browser delays its own stream only. The stream of one that does not read at all ends, and
//! its queue is dropped: when the browser reconnects it sends its last event, and gets the rest or
//! a reload.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::response::sse::Event;
use futures::Stream;
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Most bytes in the queue of one browser. A single longer event waits alone.
pub(super) const BYTES: usize = 128 * 1024;

/// The reason why the stream cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closed {
    /// The browser went away, or the stream was ended.
    Gone,
    /// The browser has not read anything for too long.
    Stalled,
}

/// The sending half. Dropping it ends the stream and clears the queue.
pub(super) struct Sender {
    shared: Arc<Shared>,
    stalled_after: Duration,
}

/// The receiving half, which the browser reads.
pub(super) struct Receiver(Arc<Shared>);

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    /// Notified when an event was read.
    was_read: Notify,
    closed: CancellationToken,
}

#[derive(Default)]
struct Waiting {
    events: VecDeque<(Event, usize)>,
    bytes: usize,
    /// No event follows.
    ended: bool,
    reader: Option<Waker>,
}

/// Makes a queue whose sender waits up to `stalled_after` for the browser to read. `closed` ends it
/// from outside.
pub(super) fn queue(stalled_after: Duration, closed: CancellationToken) -> (Sender, Receiver) {
    let shared = Arc::new(Shared { closed, ..Shared::default() });
    (Sender { shared: shared.clone(), stalled_after }, Receiver(shared))
}

impl Sender {
    /// Adds an event of `bytes` bytes once there is room.
    pub(super) async fn send(&self, event: Event, bytes: usize) -> Result<(), Closed> {
        loop {
            if self.shared.closed.is_cancelled() {
                return Err(Closed::Gone);
            }
            {
                let mut waiting = self.shared.waiting();
                if waiting.bytes == 0 || waiting.bytes + bytes <= BYTES {
                    waiting.push(event, bytes);
                    return Ok(());
                }
            }
            tokio::select! {
                () = self.closed() => return Err(Closed::Gone),
                read = timeout(self.stalled_after, self.shared.was_read.notified()) => {
                    read.map_err(|_| Closed::Stalled)?;
                }
            }
        }
    }

    /// Completes when the browser went away, or the stream was ended from outside.
    pub(super) async fn closed(&self) {
        self.shared.closed.cancelled().await;
    }

    /// Replaces the queued events with a last one and ends the stream.
    pub(super) fn end_with(&self, last: Event) {
        let mut waiting = self.shared.waiting();
        waiting.clear();
        waiting.push(last, 0);
        waiting.ended = true;
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        let mut waiting = self.shared.waiting();
        if !waiting.ended {
            waiting.clear();
            waiting.ended = true;
            waiting.wake();
        }
    }
}

impl Stream for Receiver {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        let mut waiting = self.0.waiting();
        match waiting.pop() {
            Some(event) => {
                self.0.was_read.notify_one();
                Poll::Ready(Some(event))
            }
            None if waiting.ended => Poll::Ready(None),
            None => {
                waiting.reader = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.0.waiting().clear();
        self.0.closed.cancel();
    }
}

impl Shared {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn push(&mut self, event: Event, bytes: usize) {
        self.events.push_back((event, bytes));
        self.bytes += bytes;
        metrics::gauge!("inbox_live_queued_bytes").increment(bytes as f64);
        self.wake();
    }

    fn pop(&mut self) -> Option<Event> {
        let (event, bytes) = self.events.pop_front()?;
        self.bytes -= bytes;
        metrics::gauge!("inbox_live_queued_bytes").decrement(bytes as f64);
        Some(event)
    }

    fn clear(&mut self) {
        while self.pop().is_some() {}
        self.events = VecDeque::new();
    }

    fn wake(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;

    use super::*;

    const LONG: Duration = Duration::from_secs(30);

    fn open() -> (Sender, Receiver) {
        queue(LONG, CancellationToken::new())
    }

    #[tokio::test]
    async fn who_does_not_read_has_so_many_bytes_waiting_and_no_more() {
        let (sender, receiver) = queue(Duration::from_millis(20), CancellationToken::new());
        let part = BYTES / 8;
        for _ in 0..8 {
            sender.send(Event::default(), part).await.expect("there is room");
        }
        assert_eq!(sender.shared.waiting().bytes, BYTES);
        assert_eq!(sender.send(Event::default(), 1).await, Err(Closed::Stalled));
        drop(sender);
        assert_eq!(receiver.0.waiting().events.len(), 0, "nothing is kept for it");
        assert_eq!(receiver.count().await, 0, "and the stream is over");
    }

    #[tokio::test]
    async fn who_reads_is_waited_for_and_gets_everything() {
        let (sender, receiver) = open();
        let writing = async {
            for _ in 0..20 {
                sender.send(Event::default(), BYTES).await.expect("it is read");
            }
        };
        let (read, ()) = tokio::join!(receiver.take(20).count(), writing);
        assert_eq!(read, 20);
    }

    #[tokio::test]
    async fn what_is_longer_than_the_queue_waits_alone() {
        let (sender, mut receiver) = open();
        sender.send(Event::default(), BYTES * 8).await.expect("it is let in");
        let more = tokio::select! {
            biased;
            sent = sender.send(Event::default(), 1) => Some(sent),
            () = tokio::task::yield_now() => None,
        };
        assert_eq!(more, None);
        let _long = receiver.next().await.expect("the long one");
        sender.send(Event::default(), 1).await.expect("there is room again");
    }

    #[tokio::test]
    async fn a_browser_that_goes_away_and_an_end_from_outside_are_noticed() {
        let (sender, receiver) = open();
        sender.send(Event::default(), BYTES).await.expect("there is room");
        let (sent, ()) = tokio::join!(sender.send(Event::default(), 1), async { drop(receiver) });
        assert_eq!(sent, Err(Closed::Gone));

        let ended = CancellationToken::new();
        let (sender, receiver) = queue(LONG, ended.clone());
        sender.send(Event::default(), BYTES).await.expect("there is room");
        ended.cancel();
        assert_eq!(sender.send(Event::default(), 1).await, Err(Closed::Gone));
        sender.end_with(Event::default().comment("last"));
        drop(sender);
        assert_eq!(receiver.count().await, 1, "the last, in place of what waited");
    }
}
