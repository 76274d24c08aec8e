//! Read receipts that a number is to send. They are stored when a chat is marked as read
//! (`Viewer::mark_read`), and deleted when WhatsApp has them. Receipts of a downtime are sent after
//! it.

use std::collections::BTreeMap;

use model::ConnectionId;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, JoinType, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, RelationTrait as _, Select,
};

use crate::{
    Error, Store, codec,
    entity::{chat, contact, contact_alias, message, unsent_receipt},
    messages::unsent_receipts,
};

/// A read receipt for WhatsApp: the customer sees blue ticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadReceipt {
    pub connection: ConnectionId,
    /// The chat's address.
    pub chat_jid: String,
    /// The author of these messages, in groups.
    pub sender: Option<String>,
    /// Oldest first, never empty.
    pub wa_ids: Vec<String>,
}

/// The read receipts that one number is to send.
#[derive(Debug, Clone)]
pub struct Receipts {
    store: Store,
    connection: ConnectionId,
}

impl Receipts {
    pub(crate) fn new(store: Store, connection: ConnectionId) -> Self {
        Self { store, connection }
    }

    /// Returns the next receipts, of at most `limit` messages, oldest first. They are returned
    /// again until [`Self::sent`] is called.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next(&self, limit: u64) -> Result<Vec<ReadReceipt>, Error> {
        let db = self.store.db();
        let waiting: Vec<(i64, i64, String)> = self
            .waiting()
            .select_only()
            .columns([message::Column::ChatId, message::Column::SenderId, message::Column::WaId])
            .limit(limit)
            .into_tuple()
            .all(db)
            .await?;
        // Usually there is nothing to send.
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let mut by_author: BTreeMap<(i64, i64), Vec<String>> = BTreeMap::new();
        for (chat, sender, wa_id) in waiting {
            by_author.entry((chat, sender)).or_default().push(wa_id);
        }
        let mut receipts = Vec::with_capacity(by_author.len());
        for ((chat, sender), wa_ids) in by_author {
            let Some(chat) = chat::Entity::find_by_id(chat).one(db).await? else { continue };
            let sender = match chat.contact_id {
                Some(_) => None,
                None => address(&self.store, sender).await?,
            };
            let connection = self.connection;
            receipts.push(ReadReceipt { connection, chat_jid: chat.address, sender, wa_ids });
        }
        Ok(receipts)
    }

    /// Deletes a receipt that WhatsApp has, or that can never be sent.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sent(&self, receipt: &ReadReceipt) -> Result<(), Error> {
        let writing = self.store.write().await?;
        let rows = self.waiting().filter(message::Column::WaId.is_in(&receipt.wa_ids));
        let ids: Vec<i64> = rows
            .select_only()
            .column(unsent_receipt::Column::MessageId)
            .into_tuple()
            .all(&writing.tx)
            .await?;
        unsent_receipt::Entity::delete_many()
            .filter(unsent_receipt::Column::MessageId.is_in(ids))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }

    fn waiting(&self) -> Select<unsent_receipt::Entity> {
        unsent_receipt::Entity::find()
            .filter(unsent_receipt::Column::ConnectionId.eq(self.connection.0))
            .filter(unsent_receipt::Column::ReadAt.gte(codec::now() - unsent_receipts::LASTS))
            .order_by_asc(unsent_receipt::Column::MessageId)
            .join(JoinType::InnerJoin, unsent_receipt::Relation::Message.def())
    }
}

/// Returns the address of a member of a group: the hidden identity if it is known, as groups use
/// it.
async fn address(store: &Store, contact: i64) -> Result<Option<String>, Error> {
    let row = contact::Entity::find_by_id(contact).one(store.db()).await?;
    let Some(row) = row else { return Ok(None) };
    if let Some(lid) = row.lid {
        return Ok(Some(format!("{lid}@lid")));
    }
    let alias = contact_alias::Entity::find()
        .filter(contact_alias::Column::ContactId.eq(contact))
        .one(store.db())
        .await?;
    Ok(row.phone.map(|phone| format!("{phone}@s.whatsapp.net")).or(alias.map(|alias| alias.jid)))
}
