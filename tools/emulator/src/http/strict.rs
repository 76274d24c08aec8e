//! Bodies of the control API.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use super::error::Failure;
use crate::control::ControlError;

/// Size limit of bodies without a limit of their own; it is axum's.
const LARGEST_MIB: usize = 2;

/// A JSON body. One that cannot be read is refused with the name of the field, in JSON as every
/// other failure; unknown fields are refused by the types of the bodies.
pub(super) struct Strict<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Strict<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(unread(&rejection, LARGEST_MIB).into()),
        }
    }
}

/// The error for a body that cannot be read; bodies of the route have at most `largest_mib`.
pub(super) fn unread(rejection: &JsonRejection, largest_mib: usize) -> ControlError {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ControlError::TooLarge(largest_mib),
        _ => ControlError::Invalid(rejection.body_text()),
    }
}
