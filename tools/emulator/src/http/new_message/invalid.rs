//! Requests that cannot be read.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::control::ControlError;

pub(super) fn invalid(why: impl Into<String>) -> ControlError {
    ControlError::Invalid(why.into())
}

/// Reads a field in base64.
pub(super) fn decode(field: &str, text: &str) -> Result<Vec<u8>, ControlError> {
    BASE64_STANDARD
        .decode(text)
        .map_err(|error| ControlError::Invalid(format!("{field} is not base64: {error}")))
}
