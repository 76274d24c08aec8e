//! Starting a chat: it exists before its first message.

use model::{ChatId, PhoneNumber};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};

use super::send::require_current;
use crate::{
    Error, Grant, Store, Write, chats,
    entity::{chat, contact_alias},
    live::Change,
};

impl Store {
    /// Returns the chat of the grant's number with a phone, in any form of the phone, if there is one that
    /// the user may see.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn chat_with(
        &self,
        grant: &Grant<Write>,
        person: &PhoneNumber,
    ) -> Result<Option<ChatId>, Error> {
        let number = grant.connection();
        let forms = phone::forms(&person.digits());
        let addresses = forms.iter().map(|form| format!("{form}@s.whatsapp.net"));
        let contacts = contact_alias::Entity::find()
            .filter(contact_alias::Column::ConnectionId.eq(number.0))
            .filter(contact_alias::Column::Jid.is_in(addresses))
            .select_only()
            .column(contact_alias::Column::ContactId)
            .into_query();
        let chat = grant
            .scope()
            .chats()
            .filter(chat::Column::ConnectionId.eq(number.0))
            .filter(chat::Column::ContactId.in_subquery(contacts))
            .one(self.db())
            .await?;
        Ok(chat.map(|row| ChatId(row.id)).filter(|chat| grant.is_for(*chat)))
    }

    /// Returns the chat with the contact at an address of WhatsApp, and creates it without messages if
    /// there is none. It is listed by the time of its creation, and private if its number makes new
    /// chats private. Nothing is sent.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the grant's number has no such contact, and when the user may not see
    /// the chat, in which case it is not created; [`Error::Replaced`] when the number's phone changed.
    pub async fn start_chat(&self, grant: &Grant<Write>, address: &str) -> Result<ChatId, Error> {
        let number = grant.connection();
        let mut writing = self.write().await?;
        require_current(&writing, number).await?;
        let alias = contact_alias::Entity::find_by_id((number.0, address.to_owned()));
        let contact = alias.one(&writing.tx).await?.ok_or(Error::NotFound)?.contact_id;
        let known = chats::find::with_contact(&writing.tx, contact).await?;
        let chat = match known {
            Some(chat) => chat,
            None => chats::find::or_create(&writing.tx, number, address, Some(contact)).await?,
        };
        let seen = grant.scope().chats().filter(chat::Column::Id.eq(chat.0));
        if !grant.is_for(chat) || seen.one(&writing.tx).await?.is_none() {
            return Err(Error::NotFound);
        }
        if known.is_none() {
            writing.announce(number, Change::Chat(chat));
            writing.commit().await?;
        }
        Ok(chat)
    }
}
