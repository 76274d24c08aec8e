//! Ticks, and what the own phone has read.

use std::collections::BTreeSet;

use model::{ChatId, Delivery};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    sea_query::Expr,
};

use super::{Ingest, Peer, contacts};
use crate::{
    Error,
    entity::{chat, message},
    live::Change,
    outbox,
};

impl Ingest {
    /// The other side's devices got these messages, or a person read them. Ticks move forward only;
    /// ids that are none of ours are ignored, as are receipts of somebody in whose chat the message
    /// is not.
    ///
    /// In groups every member sends receipts, and ✓✓ means all of them: messages to groups stay at
    /// ✓ until who is in a group is known.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn receipt(
        &self,
        peer: &Peer,
        wa_ids: &[String],
        delivery: Delivery,
    ) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let ours = message::Entity::find()
            .filter(message::Column::ConnectionId.eq(self.connection.0))
            .filter(message::Column::WaId.is_in(wa_ids))
            .filter(message::Column::SenderId.eq(message::OURSELVES))
            .all(&writing.tx)
            .await?;
        let from = contacts::known(&writing.tx, self.connection, &peer.aliases()).await?;
        for row in ours {
            if comes_from(&writing.tx, ChatId(row.chat_id), &from).await? {
                outbox::advance(&mut writing, &row, delivery).await?;
            }
        }
        writing.commit().await
    }

    /// The chat was read on the own phone: up to the newest of these messages, or all of it when
    /// none are named.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn read_elsewhere(&self, peer: &Peer, wa_ids: &[String]) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let mut read = message::Entity::update_many()
            .col_expr(message::Column::Unread, Expr::val(false))
            .filter(Expr::col(message::Column::Unread.as_column_ref()));
        let chat = if wa_ids.is_empty() {
            self.chat_with(&writing.tx, peer).await?
        } else {
            // The ids name the chat better than the peer does, who in groups is not its partner.
            let newest = self.newest(&writing.tx, wa_ids).await?;
            if let Some(message) = &newest {
                read = read.filter(message::Column::Position.lte(message.position));
            }
            newest.map(|message| ChatId(message.chat_id))
        };
        let Some(chat) = chat else { return Ok(()) };
        let changed = read.filter(message::Column::ChatId.eq(chat.0)).exec(&writing.tx).await?;
        if changed.rows_affected > 0 {
            writing.announce(self.connection, Change::Chat(chat));
        }
        writing.commit().await
    }

    pub(super) async fn chat_with(
        &self,
        tx: &impl ConnectionTrait,
        peer: &Peer,
    ) -> Result<Option<ChatId>, Error> {
        for contact in contacts::known(tx, self.connection, &peer.aliases()).await? {
            if let Some(chat) = contacts::chat_of(tx, contact).await? {
                return Ok(Some(chat));
            }
        }
        Ok(None)
    }

    async fn newest(
        &self,
        tx: &DatabaseTransaction,
        wa_ids: &[String],
    ) -> Result<Option<message::Model>, Error> {
        let rows = message::Entity::find()
            .filter(message::Column::ConnectionId.eq(self.connection.0))
            .filter(message::Column::WaId.is_in(wa_ids))
            .filter(message::Column::SenderId.ne(message::OURSELVES))
            .all(tx)
            .await?;
        Ok(rows.into_iter().max_by_key(|row| row.position))
    }
}

/// Whether a receipt of these contacts speaks for a chat. Somebody of whom nothing is known yet (a
/// hidden identity before its number was learned) is believed: our ids are 72 random bits that only
/// the recipient knows.
async fn comes_from(
    tx: &DatabaseTransaction,
    chat: ChatId,
    contacts: &BTreeSet<i64>,
) -> Result<bool, Error> {
    let row = chat::Entity::find_by_id(chat.0).one(tx).await?;
    let partner = row.and_then(|row| row.contact_id);
    Ok(partner.is_some_and(|partner| contacts.is_empty() || contacts.contains(&partner)))
}
