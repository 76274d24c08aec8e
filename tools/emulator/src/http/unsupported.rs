//! Calls of the contract that are not served: the answer is 422 and names the feature.

use super::error::Failure;
use crate::control::ControlError;

pub(super) async fn history() -> Failure {
    ControlError::NotSupported("history syncs").into()
}

pub(super) async fn pictures() -> Failure {
    ControlError::NotSupported("profile pictures").into()
}
