//! Calls of a phone.

use super::{Control, ControlError};
use crate::simulated_phone::call;
use crate::world::calls::CallState;

impl Control {
    /// Calls from the phone and hangs up: a client receives all stanzas of an unanswered call.
    pub async fn call(&self, number: &str, to: &str, video: bool) -> Result<String, ControlError> {
        let account = self.phone(number)?;
        let callee = self.peer(to)?;
        let id = call::ring(&self.world, &account, &callee, video);
        // A client may have rejected it by now.
        call::end(&self.world, &account, &id, CallState::GivenUp, None);
        Ok(id)
    }

    /// Calls from the phone, and goes on ringing. Returns the call's id.
    pub async fn ring(&self, number: &str, to: &str, video: bool) -> Result<String, ControlError> {
        let account = self.phone(number)?;
        let callee = self.peer(to)?;
        Ok(call::ring(&self.world, &account, &callee, video))
    }

    /// Ends a call of the phone that rings: the caller gave up, or the phone that was called answered or
    /// rejected it.
    pub async fn end_call(
        &self,
        number: &str,
        id: &str,
        how: CallState,
    ) -> Result<(), ControlError> {
        let account = self.phone(number)?;
        if !matches!(how, CallState::GivenUp | CallState::Answered | CallState::Rejected) {
            let ends = "how: a call ends as given_up, answered or rejected";
            return Err(ControlError::Invalid(ends.to_owned()));
        }
        match call::end(&self.world, &account, id, how, None) {
            true => Ok(()),
            false => Err(ControlError::Invalid(format!("id: no call {id:?} of this phone rings"))),
        }
    }
}
