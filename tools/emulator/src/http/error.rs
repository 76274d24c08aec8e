//! The HTTP status of each failure; the body is `{"error": "…"}`.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::control::ControlError;

/// A failed control call.
pub(super) struct Failure(ControlError);

pub(super) type Answer<T> = Result<Json<T>, Failure>;

impl From<ControlError> for Failure {
    fn from(error: ControlError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match &self.0 {
            ControlError::NoSuchPhone(_)
            | ControlError::NoSuchGroup(_)
            | ControlError::NoSuchDevice(_)
            | ControlError::UnknownRef
            | ControlError::NoCode(_) => StatusCode::NOT_FOUND,
            ControlError::Forbidden(_) => StatusCode::FORBIDDEN,
            ControlError::PhoneExists(_) => StatusCode::CONFLICT,
            ControlError::Pairing(_) => StatusCode::BAD_GATEWAY,
            ControlError::TimedOut(_) => StatusCode::GATEWAY_TIMEOUT,
            ControlError::Invalid(_) | ControlError::Phone(_) => StatusCode::BAD_REQUEST,
            ControlError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        };
        (status, Json(json!({ "error": self.0.to_string() }))).into_response()
    }
}
