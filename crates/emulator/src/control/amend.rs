//! What a phone's user does to messages that are in a chat already.

use super::{Control, ControlError};
use crate::handset::outgoing;
use crate::phone::Amendment;

impl Control {
    /// The phone gives a text of its own another wording. `id` is the text's; gives the id of the
    /// edit. `to` is a number or a JID.
    pub async fn edit(
        &self,
        number: &str,
        to: &str,
        id: &str,
        text: &str,
    ) -> Result<String, ControlError> {
        let (id, text) = (id.to_owned(), text.to_owned());
        self.amend(number, to, &Amendment::Edit { id, text }).await
    }

    /// The phone deletes a message of its own for everybody; gives the id of the revocation.
    pub async fn revoke(&self, number: &str, to: &str, id: &str) -> Result<String, ControlError> {
        self.amend(number, to, &Amendment::Revoke { id: id.to_owned() }).await
    }

    /// The phone reacts to a message of the chat, or takes that back with an empty `emoji`; gives
    /// the id of the reaction.
    pub async fn react(
        &self,
        number: &str,
        to: &str,
        id: &str,
        emoji: &str,
    ) -> Result<String, ControlError> {
        let (id, emoji) = (id.to_owned(), emoji.to_owned());
        self.amend(number, to, &Amendment::Reaction { id, emoji }).await
    }

    /// Any of the three.
    pub(crate) async fn amend(
        &self,
        number: &str,
        to: &str,
        amendment: &Amendment,
    ) -> Result<String, ControlError> {
        let account = self.phone(number)?;
        let recipient = self.peer(to)?;
        Ok(outgoing::send_amendment(&self.world, &account, &recipient, amendment).await?)
    }
}
