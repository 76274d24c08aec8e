//! Bodies that move the connection's progress on when they are complete.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

use super::progress::Progress;

/// A body whose end, or being dropped before it, is a step of its connection.
pub(super) struct Tracked {
    body: Body,
    progress: Progress,
    of: Of,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Request,
    Answer,
}

impl Tracked {
    /// The body of a request. It moves the connection on as soon as it is complete.
    pub(super) fn of_request(body: Body, progress: Progress) -> Self {
        Self { body, progress, of: Of::Request }
    }

    /// The body of an answer. hyper drops it once all of it is on its way, which is later than its end.
    pub(super) fn of_answer(body: Body, progress: Progress) -> Self {
        Self { body, progress, of: Of::Answer }
    }
}

impl HttpBody for Tracked {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if self.of == Of::Request && frame.is_ready() && self.body.is_end_stream() {
            self.progress.bodied();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        match self.of {
            Of::Request => self.progress.bodied(),
            Of::Answer => self.progress.answered(),
        }
    }
}
