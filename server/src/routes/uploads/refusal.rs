//! The answers to requests that bring nothing.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use service::uploads::UploadError;

use super::offset::OFFSET;
use crate::routes::RETRY_AFTER;

/// The reason in a word, with the status that says what a script can do.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: &'static str,
    /// Bytes that would have been taken.
    limit: Option<u64>,
    /// Position of the next byte.
    received: Option<u64>,
}

impl Refusal {
    pub(super) fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated")
    }

    /// A value that no script of this version sends.
    pub(super) fn invalid() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid")
    }

    /// The body is no part of a file.
    pub(super) fn wrong_type() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid")
    }

    /// The body has more bytes than one request may bring.
    pub(super) fn too_long(limit: u64) -> Self {
        count("upload-part");
        Self { limit: Some(limit), ..Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large") }
    }

    /// The body ended too early.
    pub(super) fn broken() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "broken")
    }

    /// No byte came for too long.
    pub(super) fn stalled() -> Self {
        count("upload-stalled");
        Self::new(StatusCode::REQUEST_TIMEOUT, "stalled")
    }

    fn new(status: StatusCode, error: &'static str) -> Self {
        Self { status, error, limit: None, received: None }
    }
}

impl From<UploadError> for Refusal {
    fn from(error: UploadError) -> Self {
        let (status, word) = match &error {
            UploadError::Empty => (StatusCode::UNPROCESSABLE_ENTITY, "empty"),
            UploadError::NotVoice => (StatusCode::UNPROCESSABLE_ENTITY, "not_voice"),
            UploadError::NotViewedOnce => (StatusCode::UNPROCESSABLE_ENTITY, "not_viewed_once"),
            UploadError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            UploadError::Invalid(_) => (StatusCode::BAD_REQUEST, "invalid"),
            UploadError::NoRoom => (StatusCode::INSUFFICIENT_STORAGE, "no_room"),
            UploadError::WrongOffset { .. } => (StatusCode::CONFLICT, "offset"),
            UploadError::Busy => (StatusCode::LOCKED, "busy"),
            UploadError::Gone => (StatusCode::GONE, "gone"),
            UploadError::OutOfReach(_) => (StatusCode::SERVICE_UNAVAILABLE, "out_of_reach"),
            UploadError::Io(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            UploadError::Store(error) => match error {
                store::Error::NotFound => (StatusCode::NOT_FOUND, "not_found"),
                store::Error::Replaced => (StatusCode::CONFLICT, "replaced"),
                store::Error::Closed(_) => (StatusCode::CONFLICT, "closed"),
                store::Error::Invalid(store::Field::TooManyUploads) => {
                    count("upload-open");
                    (StatusCode::TOO_MANY_REQUESTS, "too_many")
                }
                store::Error::Invalid(_) | store::Error::TextTooLong => {
                    (StatusCode::BAD_REQUEST, "invalid")
                }
                store::Error::Outage | store::Error::Stopping => {
                    (StatusCode::SERVICE_UNAVAILABLE, "unwritable")
                }
                _ => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            },
        };
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(%error, "a file of a browser could not be taken");
        }
        let (limit, received) = match error {
            UploadError::TooLarge { limit } => (Some(limit), None),
            UploadError::WrongOffset { received } => (None, Some(received)),
            _ => (None, None),
        };
        Self { limit, received, ..Self::new(status, word) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { status, error, limit, received } = self;
        let body = match limit {
            Some(limit) => json!({ "error": error, "limit": limit }),
            None => json!({ "error": error }),
        };
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let later = HeaderValue::from_static(RETRY_AFTER);
            response.headers_mut().insert(header::RETRY_AFTER, later);
        }
        if let Some(received) = received {
            response.headers_mut().insert(OFFSET, HeaderValue::from(received));
        }
        response
    }
}

fn count(what: &'static str) {
    metrics::counter!("inbox_refused", "what" => what).increment(1);
}
