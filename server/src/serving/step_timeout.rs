//! A socket whose blocked writes time out.
//!
//! The time of blocked writes adds up, and is reset once 16 KiB more were written. So a client that
//! reads a few bytes now and then ends as one that reads nothing does, and a stream on which
//! nothing is written has no limit.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::progress::Progress;

/// Bytes that the client has to read within the timeout.
const LEAST: usize = 16 * 1024;

pub(super) struct StepTimeout<S> {
    socket: S,
    progress: Progress,
    timeout: Duration,
    /// Start of the current blocked write.
    blocked_since: Option<Instant>,
    /// Sum of earlier blocked writes since [`LEAST`] bytes were written last.
    blocked_before: Duration,
    written: usize,
    timer: Option<Pin<Box<Sleep>>>,
}

impl<S> StepTimeout<S> {
    pub(super) fn new(socket: S, progress: Progress, timeout: Duration) -> Self {
        let (blocked_since, blocked_before, written, timer) = (None, Duration::ZERO, 0, None);
        Self { socket, progress, timeout, blocked_since, blocked_before, written, timer }
    }

    /// Records the result of a write.
    fn record(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                if let Some(since) = self.blocked_since.take() {
                    self.blocked_before += since.elapsed();
                    self.progress.unblocked();
                }
                self.written += bytes;
                if self.written >= LEAST {
                    (self.written, self.blocked_before) = (0, Duration::ZERO);
                }
                written
            }
            Poll::Ready(Err(_)) => written,
            Poll::Pending => {
                self.progress.blocked();
                let now = Instant::now();
                let is_new = self.blocked_since.is_none();
                let end = *self.blocked_since.get_or_insert(now)
                    + self.timeout.saturating_sub(self.blocked_before);
                let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(end)));
                if is_new {
                    timer.as_mut().reset(end);
                }
                ready!(timer.as_mut().poll(cx));
                super::refusal::refused("slow-reader", None);
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for StepTimeout<S> {
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

impl<S: AsyncWrite + Unpin> AsyncWrite for StepTimeout<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.record(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.socket).poll_write_vectored(cx, bytes);
        self.record(cx, written)
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
