//! The rows of read receipts that wait to be sent ([`crate::Receipts`]).

use model::ConnectionId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _,
};

use super::placeholder;
use crate::{
    Error, codec,
    entity::{message, unsent_receipt},
};

/// The most receipts of one chat that wait; beyond it the oldest are dropped.
const OF_A_CHAT: usize = 1_000;
/// Receipts are dropped after 30 days, in microseconds.
pub(crate) const LASTS: i64 = 30 * 24 * 60 * 60 * 1_000_000;

/// Stores the receipts of these messages of one chat, which are sorted oldest first.
pub(crate) async fn queue(
    tx: &DatabaseTransaction,
    connection: ConnectionId,
    read: &[message::Model],
) -> Result<(), Error> {
    let now = codec::now();
    unsent_receipt::Entity::delete_many()
        .filter(unsent_receipt::Column::ConnectionId.eq(connection.0))
        .filter(unsent_receipt::Column::ReadAt.lt(now - LASTS))
        .exec(tx)
        .await?;
    let Some(chat) = read.first().map(|row| row.chat_id) else { return Ok(()) };
    let newest = &read[read.len().saturating_sub(OF_A_CHAT)..];
    // A placeholder has no content that could have been read.
    let mut rows = Vec::new();
    for row in newest {
        if !placeholder::is_unfilled(tx, row).await? {
            rows.push(unsent_receipt::ActiveModel {
                message_id: Set(row.id),
                connection_id: Set(connection.0),
                read_at: Set(now),
            });
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    unsent_receipt::Entity::insert_many(rows)
        .on_conflict_do_nothing_on([unsent_receipt::Column::MessageId])
        .exec_without_returning(tx)
        .await?;
    let of_chat = || {
        message::Entity::find()
            .join_rev(JoinType::InnerJoin, unsent_receipt::Relation::Message.def())
            .filter(message::Column::ChatId.eq(chat))
            .select_only()
            .column(message::Column::Id)
            .order_by_desc(message::Column::Id)
    };
    let too_many: Option<i64> = of_chat().offset(OF_A_CHAT as u64).into_tuple().one(tx).await?;
    if let Some(newest) = too_many {
        let older = of_chat().filter(message::Column::Id.lte(newest));
        let ids: Vec<i64> = older.into_tuple().all(tx).await?;
        unsent_receipt::Entity::delete_many()
            .filter(unsent_receipt::Column::MessageId.is_in(ids))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Deletes the waiting receipts of a number whose phone was unlinked.
pub(crate) async fn forget(
    tx: &DatabaseTransaction,
    connection: ConnectionId,
) -> Result<(), Error> {
    unsent_receipt::Entity::delete_many()
        .filter(unsent_receipt::Column::ConnectionId.eq(connection.0))
        .exec(tx)
        .await?;
    Ok(())
}
