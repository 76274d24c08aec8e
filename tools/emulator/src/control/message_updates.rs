//! Edits, revocations and reactions by a phone's user.

use super::{Control, ControlError};
use crate::phone::MessageUpdate;
use crate::simulated_phone::outgoing;
use crate::world::chat::Chat;

impl Control {
    /// Edits a text of the phone. `id` is the text's. Returns the id of the edit. `to` is a number
    /// or a JID.
    pub async fn edit(
        &self,
        number: &str,
        to: &str,
        id: &str,
        text: &str,
    ) -> Result<String, ControlError> {
        let (id, text) = (id.to_owned(), text.to_owned());
        self.update_message(number, to, &MessageUpdate::Edit { id, text }).await
    }

    /// Deletes a message of the phone for everybody; an admin of a group may delete anybody's.
    /// Returns the id of the revocation.
    pub async fn revoke(&self, number: &str, to: &str, id: &str) -> Result<String, ControlError> {
        self.update_message(number, to, &MessageUpdate::Revoke { id: id.to_owned() }).await
    }

    /// Reacts to a message of the chat, or takes the reaction back with an empty `emoji`. Returns
    /// the id of the reaction.
    pub async fn react(
        &self,
        number: &str,
        to: &str,
        id: &str,
        emoji: &str,
    ) -> Result<String, ControlError> {
        let (id, emoji) = (id.to_owned(), emoji.to_owned());
        self.update_message(number, to, &MessageUpdate::Reaction { id, emoji }).await
    }

    /// Sends any of the three.
    pub(crate) async fn update_message(
        &self,
        number: &str,
        to: &str,
        update: &MessageUpdate,
    ) -> Result<String, ControlError> {
        let account = self.phone(number)?;
        let chat = self.chat_of_writer(&account, to)?;
        let by_admin = match (&chat, update) {
            (Chat::Group(cell), MessageUpdate::Revoke { id })
                if cell.snapshot().members.is_admin(number) =>
            {
                Some(MessageUpdate::RevokeAsAdmin { id: id.clone() })
            }
            _ => None,
        };
        let update = by_admin.as_ref().unwrap_or(update);
        Ok(outgoing::send_update(&self.world, &account, &chat, update).await?)
    }
}
