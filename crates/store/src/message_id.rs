//! New ids of messages.

use model::WaMessageId;

use crate::{Error, secrets};

/// Returns an id for a message or a change that is made here, if its page did not make one.
///
/// # Errors
/// [`Error::Random`]: the system has no random numbers.
pub fn new_message_id() -> Result<WaMessageId, Error> {
    Ok(WaMessageId::from_random(secrets::random()?))
}
