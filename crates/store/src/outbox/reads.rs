//! Receipts as the session of a number sends them.

use model::{ConnectionId, OperationId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationTrait as _, Select,
};

use super::Outbox;
use crate::{
    Error, Store, codec,
    entity::{chat, chat_group, message, outbox},
    groups::members,
    messages::reads::LASTS,
    numbers::visibility,
};

/// A receipt for WhatsApp: the customer sees blue ticks, or that a voice note was played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadReceipt {
    pub id: OperationId,
    /// A user played the message, which is a voice note. Otherwise users read the messages.
    pub was_played: bool,
    /// The address that WhatsApp used last for the chat.
    pub to_jid: String,
    /// Nobody but the own phone gets it: the number hides what its people read.
    pub is_quiet: bool,
    /// The author of these messages, in groups.
    pub sender: Option<String>,
    /// Oldest first, never empty, and at most 256.
    pub wa_ids: Vec<String>,
}

impl Outbox {
    /// Returns at most `limit` receipts, in the order of queueing: first those of reading, then those
    /// of playing. They are returned again until [`Self::reads_sent`] is called.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next_reads(&self, limit: u64) -> Result<Vec<ReadReceipt>, Error> {
        let mut receipts = Vec::new();
        let mut is_quiet = None;
        for kind in outbox::RECEIPTS {
            let left = limit.saturating_sub(receipts.len() as u64);
            let rows: Vec<Row> =
                oldest(self.connection, kind, left).into_model().all(self.store.db()).await?;
            for row in rows {
                let is_quiet = match is_quiet {
                    Some(is_quiet) => is_quiet,
                    None => {
                        let seen = visibility::of_number(self.store.db(), self.connection).await?;
                        *is_quiet.insert(seen.hides_reading)
                    }
                };
                receipts.push(row.into_model(kind, is_quiet, &self.store).await?);
            }
        }
        Ok(receipts)
    }

    /// Deletes receipts that were handed to the library, or that can never be sent.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn reads_sent(&self, receipts: &[OperationId]) -> Result<(), Error> {
        if receipts.is_empty() {
            return Ok(());
        }
        let writing = self.store.write().await?;
        outbox::Entity::delete_many()
            .filter(outbox::Column::Id.is_in(receipts.iter().map(|id| id.0)))
            .filter(outbox::Column::ConnectionId.eq(self.connection.0))
            .filter(outbox::Column::Kind.is_in(outbox::RECEIPTS))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }
}

/// Selects the oldest receipts of a kind with what they need of their message and chat. Every
/// round of a sender does, so an index leads to them however many messages wait.
fn oldest(connection: ConnectionId, kind: &'static str, limit: u64) -> Select<outbox::Entity> {
    outbox::Entity::find()
        .filter(outbox::Column::ConnectionId.eq(connection.0))
        .filter(outbox::Column::Kind.eq(kind))
        .filter(outbox::Column::QueuedAt.gte(codec::now() - LASTS))
        .order_by_asc(outbox::Column::Id)
        .limit(limit)
        .join(JoinType::InnerJoin, outbox::Relation::Message.def())
        .join(JoinType::InnerJoin, outbox::Relation::Chat.def())
        .select_only()
        .columns([outbox::Column::Id, outbox::Column::Payload])
        .column(message::Column::SenderId)
        .columns([chat::Column::Address, chat::Column::ContactId])
        .join(JoinType::LeftJoin, chat::Relation::Group.def())
        .column(chat_group::Column::Lid)
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    payload: String,
    sender_id: i64,
    address: String,
    contact_id: Option<i64>,
    lid: Option<bool>,
}

impl Row {
    async fn into_model(
        self,
        kind: &str,
        is_quiet: bool,
        store: &Store,
    ) -> Result<ReadReceipt, Error> {
        let sender = match self.contact_id {
            Some(_) => None,
            None => members::address(store.db(), self.sender_id, self.lid != Some(false)).await?,
        };
        let wa_ids = codec::read_wa_ids(&self.payload)?;
        Ok(ReadReceipt {
            id: OperationId(self.id),
            was_played: kind == outbox::PLAYED,
            is_quiet,
            to_jid: self.address,
            sender,
            wa_ids,
        })
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{DatabaseBackend, QueryTrait as _};

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn an_index_leads_to_the_receipts_of_a_number() {
        let (store, _folder) = testing::store().await;
        let receipts = oldest(ConnectionId(1), outbox::READ, 16).build(DatabaseBackend::Sqlite);
        let plan = testing::plan(&store, &receipts).await;
        let is_by_kind = |step: &String| step.contains("(connection_id=? AND kind=?)");
        assert!(plan.iter().any(is_by_kind), "{plan:#?}");
        // The rows come in their order.
        assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:#?}");
    }
}
