//! Marking a conversation as read.

use std::collections::BTreeMap;

use model::{ChatId, ConnectionId, MessageKind};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, sea_query::Expr,
};

use crate::{
    Error, Viewer,
    access::Right,
    entity::{chat, contact, contact_alias, message},
    live::Change,
};

/// What WhatsApp is to be told when a conversation was read: the customer sees blue ticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadReceipt {
    pub connection: ConnectionId,
    /// The chat's address.
    pub chat_jid: String,
    /// In groups, who wrote these messages.
    pub sender: Option<String>,
    /// Oldest first, never empty.
    pub wa_ids: Vec<String>,
}

impl Viewer {
    /// Marks every message of a conversation as read, and returns the receipts to send.
    ///
    /// Reading is seen by the customer, so it takes the right to write. For those who may only read
    /// (a supervisor who looks in) this does nothing, and the messages stay unread for those whose
    /// work they are.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such conversation that this user may read.
    pub async fn mark_read(&self, id: ChatId) -> Result<Vec<ReadReceipt>, Error> {
        let connection = self.chat(id).await?.connection;
        if !self.may(connection, Right::Write).await? {
            return Ok(Vec::new());
        }
        let mut writing = self.store().write().await?;
        let chat = chat::Entity::find_by_id(id.0).one(&writing.tx).await?.ok_or(Error::NotFound)?;
        let waiting = message::Entity::find()
            .filter(message::Column::ChatId.eq(id.0))
            .filter(Expr::col(message::Column::Unread.as_column_ref()))
            .order_by_asc(message::Column::Position)
            .all(&writing.tx)
            .await?;
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        message::Entity::update_many()
            .col_expr(message::Column::Unread, Expr::val(false))
            .filter(message::Column::ChatId.eq(id.0))
            .filter(Expr::col(message::Column::Unread.as_column_ref()))
            .exec(&writing.tx)
            .await?;

        let mut by_sender: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for message in waiting {
            // Nobody has read what is not here.
            if !MessageKind::from_name(&message.kind).is_placeholder() {
                by_sender.entry(message.sender_id).or_default().push(message.wa_id);
            }
        }
        let mut receipts = Vec::with_capacity(by_sender.len());
        for (sender, wa_ids) in by_sender {
            let sender = match chat.contact_id {
                Some(_) => None,
                None => address(&writing.tx, sender).await?,
            };
            let chat_jid = chat.address.clone();
            receipts.push(ReadReceipt { connection, chat_jid, sender, wa_ids });
        }
        writing.announce(connection, Change::Chat(id));
        writing.commit().await?;
        Ok(receipts)
    }
}

/// The address of a member of a group: the hidden identity where it is known, as groups use it.
async fn address(tx: &sea_orm::DatabaseTransaction, contact: i64) -> Result<Option<String>, Error> {
    let Some(row) = contact::Entity::find_by_id(contact).one(tx).await? else { return Ok(None) };
    if let Some(lid) = row.lid {
        return Ok(Some(format!("{lid}@lid")));
    }
    let alias = contact_alias::Entity::find()
        .filter(contact_alias::Column::ContactId.eq(contact))
        .one(tx)
        .await?;
    Ok(row.phone.map(|phone| format!("{phone}@s.whatsapp.net")).or(alias.map(|alias| alias.jid)))
}
