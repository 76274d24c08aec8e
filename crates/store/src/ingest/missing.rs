//! Messages that are not stored, and stanzas that turned out to be no message.

use model::{MessageKind, WaMessageId};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};

use super::{Inbound, Ingest, message_updates};
use crate::{Error, entity::message};

impl Ingest {
    /// Returns true if no message of this id is stored, or only the placeholder of one that can
    /// still be requested ([`MessageKind::Undecryptable`]). It is false for an invalid id, under
    /// which nothing can be stored.
    ///
    /// Message updates are not stored under the id of their own stanza, so that is always lacking.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn lacks(&self, wa_id: &str) -> Result<bool, Error> {
        let Ok(wa_id) = WaMessageId::parse(wa_id) else { return Ok(false) };
        let stored: Option<i64> = message::Entity::find()
            .select_only()
            .column(message::Column::Id)
            .filter(message::Column::ConnectionId.eq(self.connection.0))
            .filter(message::Column::WaId.eq(wa_id.as_str()))
            .filter(message::Column::Kind.ne(MessageKind::Undecryptable.as_str()))
            .into_tuple()
            .one(self.store.db())
            .await?;
        Ok(stored.is_none())
    }

    /// Deletes the placeholder of a stanza that turned out to be no message, such as a setting of
    /// the chat. Of `envelope` only the addresses and the id count.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn no_message(&self, envelope: &Inbound) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let of = message_updates::chat_and_sender(&mut writing, self.connection, envelope).await?;
        if let Some((chat, sender)) = of {
            let (connection, wa_id) = (self.connection, &envelope.wa_id);
            message_updates::remove_placeholder(&mut writing, connection, chat, sender, wa_id)
                .await?;
        }
        writing.commit().await
    }
}
