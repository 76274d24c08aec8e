//! Bodies that advance the connection's progress when they are complete.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};

use super::progress::Progress;

/// A body whose end, or whose drop before it, advances its connection's step.
pub(super) struct Tracked {
    body: Body,
    progress: Progress,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Request,
    Response,
}

impl Tracked {
    /// Wraps the body of a request. It advances the connection as soon as it is complete.
    pub(super) fn of_request(body: Body, progress: Progress) -> Self {
        Self { body, progress, kind: Kind::Request }
    }

    /// Wraps the body of a response. hyper drops it once all of it is sent, which is later than its
    /// end.
    pub(super) fn of_response(body: Body, progress: Progress) -> Self {
        Self { body, progress, kind: Kind::Response }
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
        if self.kind == Kind::Request && frame.is_ready() && self.body.is_end_stream() {
            self.progress.body_complete();
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
        match self.kind {
            Kind::Request => self.progress.body_complete(),
            Kind::Response => self.progress.responded(),
        }
    }
}
