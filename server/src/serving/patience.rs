//! A socket that does not wait for ever until the other side reads.
//!
//! The time in which a write is held up adds up, and is forgotten once 16 KiB more were taken. So a
//! reader of a few bytes now and then ends as one of none does, and a stream on which nothing is written
//! waits as long as it likes.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::progress::Progress;

/// What has to be read in the time that a reader has.
const LEAST: usize = 16 * 1024;

pub(super) struct Patient<S> {
    socket: S,
    progress: Progress,
    within: Duration,
    /// Since when the write under way is held up.
    since: Option<Instant>,
    /// How long earlier ones were, since [`LEAST`] was taken last.
    before: Duration,
    taken: usize,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    pub(super) fn new(socket: S, progress: Progress, within: Duration) -> Self {
        let (since, before, taken, alarm) = (None, Duration::ZERO, 0, None);
        Self { socket, progress, within, since, before, taken, alarm }
    }

    /// Notes what became of a write.
    fn note(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                if let Some(since) = self.since.take() {
                    self.before += since.elapsed();
                    self.progress.read();
                }
                self.taken += bytes;
                if self.taken >= LEAST {
                    (self.taken, self.before) = (0, Duration::ZERO);
                }
                written
            }
            Poll::Ready(Err(_)) => written,
            Poll::Pending => {
                self.progress.held_up();
                let now = Instant::now();
                let is_new = self.since.is_none();
                let end = *self.since.get_or_insert(now) + self.within.saturating_sub(self.before);
                let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(end)));
                if is_new {
                    alarm.as_mut().reset(end);
                }
                ready!(alarm.as_mut().poll(cx));
                super::refused("slow-reader", None);
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.socket).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.progress.received();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.note(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(cx, bytes);
        self.note(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
