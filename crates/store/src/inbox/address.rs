//! The address of a chat, for what is sent there and stored nowhere.

use model::ChatId;
use sea_orm::{ColumnTrait as _, QueryFilter as _, QuerySelect as _};

use crate::{Error, Grant, Store, Write, entity::chat};

impl Store {
    /// Returns the address that WhatsApp used last for a chat.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the grant is not for the chat, or the chat is private and the user is
    /// not its owner.
    pub async fn chat_address(&self, grant: &Grant<Write>, chat: ChatId) -> Result<String, Error> {
        if !grant.is_for(chat) {
            return Err(Error::NotFound);
        }
        let address: Option<String> = grant
            .scope()
            .chats()
            .filter(chat::Column::Id.eq(chat.0))
            .filter(chat::Column::ConnectionId.eq(grant.connection().0))
            .select_only()
            .column(chat::Column::Address)
            .into_tuple()
            .one(self.db())
            .await?;
        address.ok_or(Error::NotFound)
    }
}
