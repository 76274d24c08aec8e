//! Ticks, and what the own phone has read.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use model::{ChatId, ConnectionId, Delivery, WaMessageId, bounds};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    sea_query::Expr,
};

use super::{Ingest, Peer, contacts, early, position};
use crate::{
    Error, codec,
    entity::{chat, message},
    live::Change,
    outbox,
    write::Writing,
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
        let wa_ids = possible(wa_ids);
        let mut writing = self.store.write().await?;
        let ours = message::head()
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
    /// none are named. What is not here yet is read when it comes.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn read_elsewhere(&self, peer: &Peer, wa_ids: &[String]) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        if wa_ids.is_empty() {
            if let Some(chat) = self.chat_with(&writing.tx, peer).await? {
                read(&mut writing, self.connection, chat, i64::MAX).await?;
            }
            return writing.commit().await;
        }
        let wa_ids = possible(wa_ids);
        // The ids name the chat better than the peer does, who in groups is not its partner.
        let rows = message::head()
            .filter(message::Column::ConnectionId.eq(self.connection.0))
            .filter(message::Column::WaId.is_in(wa_ids.iter().copied()))
            .all(&writing.tx)
            .await?;
        let known: BTreeSet<&str> = rows.iter().map(|row| &*row.wa_id).collect();
        let unknown = wa_ids.into_iter().filter(|id| !known.contains(id));
        early::remember(&writing.tx, self.connection, unknown).await?;
        let mut newest = BTreeMap::<i64, &message::Model>::new();
        for row in rows.iter().filter(|row| row.sender_id != message::OURSELVES) {
            let newest = newest.entry(row.chat_id).or_insert(row);
            if newest.position < row.position {
                *newest = row;
            }
        }
        for row in newest.into_values() {
            read_up_to(&mut writing, row).await?;
        }
        writing.commit().await
    }

    /// The chat, of a person or a group, was marked as read on the own phone: what was sent until
    /// then, in WhatsApp's whole seconds.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn marked_read(
        &self,
        peer: &Peer,
        group: Option<&str>,
        until: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let chat = match group {
            None => self.chat_with(&writing.tx, peer).await?,
            Some(group) => chat::Entity::find()
                .filter(chat::Column::ConnectionId.eq(self.connection.0))
                .filter(chat::Column::Jid.eq(group))
                .one(&writing.tx)
                .await?
                .map(|row| ChatId(row.id)),
        };
        if let Some(chat) = chat {
            let until = codec::micros(until).saturating_add(position::SECOND - 1);
            read(&mut writing, self.connection, chat, until).await?;
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
}

/// Those of these ids that are some, as many as one receipt may have.
fn possible(wa_ids: &[String]) -> Vec<&str> {
    let ids = wa_ids.iter().map(String::as_str).filter(|id| WaMessageId::parse(id).is_ok());
    ids.take(bounds::RECEIPTS).collect()
}

/// Marks a message as read, and those above it.
pub(super) async fn read_up_to(writing: &mut Writing, row: &message::Model) -> Result<(), Error> {
    read(writing, ConnectionId(row.connection_id), ChatId(row.chat_id), row.position).await
}

async fn read(
    writing: &mut Writing,
    connection: ConnectionId,
    chat: ChatId,
    position: i64,
) -> Result<(), Error> {
    let changed = message::Entity::update_many()
        .col_expr(message::Column::Unread, Expr::val(false))
        .filter(message::Column::ChatId.eq(chat.0))
        .filter(Expr::col(message::Column::Unread.as_column_ref()))
        .filter(message::Column::Position.lte(position))
        .exec(&writing.tx)
        .await?;
    if changed.rows_affected > 0 {
        writing.announce(connection, Change::Chat(chat));
    }
    Ok(())
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
