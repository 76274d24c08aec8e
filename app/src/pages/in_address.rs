//! Errors in the address of a page.
//!
//! A form that was sent without JavaScript returns to its page with the error in the address.
//! Anybody can make such an address, so nothing of it is shown as it is: the sentences are ours,
//! and only values that the server could have written itself are used.

use crate::api::repeated_phone_question;
use crate::auth::foreign;
use crate::{ApiError, random};

/// The longest wait that the server ever asks for, in seconds.
const LONGEST_WAIT: u64 = 3601;

/// The error to show for one in an address.
pub(super) fn believable(error: ApiError) -> ApiError {
    match error {
        ApiError::Foreign(_) => ApiError::Foreign(foreign::sentence()),
        ApiError::TooMany { seconds } => ApiError::TooMany { seconds: seconds.min(LONGEST_WAIT) },
        ApiError::Internal { reference } if !random::is_reference(&reference) => {
            ApiError::Internal { reference: "?".to_owned() }
        }
        ApiError::AmbiguousPhone { one, other } => repeated_phone_question(&other)
            .or_else(|| repeated_phone_question(&one))
            .unwrap_or(ApiError::Malformed),
        error @ (ApiError::Unauthenticated
        | ApiError::Forbidden
        | ApiError::NotFound
        | ApiError::Invalid { .. }
        | ApiError::Malformed
        | ApiError::Replaced
        | ApiError::Closed(_)
        | ApiError::Unchangeable
        | ApiError::Edited
        | ApiError::TooLate
        | ApiError::TooManyPinned
        | ApiError::NotForwardable
        | ApiError::NotYours
        | ApiError::NotConnected
        | ApiError::NoAnswer
        | ApiError::NotOnWhatsapp
        | ApiError::Internal { .. }
        | ApiError::Unwritable
        | ApiError::Unreachable) => error,
    }
}
