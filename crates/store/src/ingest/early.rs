//! Read marks of the own phone that arrive before their messages. After a downtime messages and
//! receipts arrive together, and messages take longer to be decrypted and stored.

use std::collections::BTreeSet;

use model::{ChatId, ConnectionId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use crate::{
    Error,
    chats::read_marks,
    codec,
    entity::{early_read, message},
    live::Change,
    write::Writing,
};

/// The most read marks that are stored of one number.
const KEPT: u64 = 1_000;
/// Read marks are deleted after 7 days, in microseconds.
const LASTS: i64 = 7 * 24 * 60 * 60 * 1_000_000;

/// Stores read marks of messages that have not arrived.
pub(super) async fn remember(
    tx: &DatabaseTransaction,
    connection: ConnectionId,
    wa_ids: impl Iterator<Item = &str>,
) -> Result<(), Error> {
    let now = codec::now();
    let older = |column: early_read::Column| {
        early_read::Entity::delete_many()
            .filter(early_read::Column::ConnectionId.eq(connection.0))
            .filter(column.lt(now - LASTS))
    };
    older(early_read::Column::ReadAt).exec(tx).await?;
    let rows: Vec<_> = wa_ids
        .take(KEPT as usize)
        .map(|wa_id| early_read::ActiveModel {
            connection_id: Set(connection.0),
            wa_id: Set(codec::storable(wa_id)),
            read_at: Set(now),
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    early_read::Entity::insert_many(rows)
        .on_conflict_do_nothing_on([early_read::Column::ConnectionId, early_read::Column::WaId])
        .exec_without_returning(tx)
        .await?;
    let oldest_kept = early_read::Entity::find()
        .filter(early_read::Column::ConnectionId.eq(connection.0))
        .order_by_desc(early_read::Column::ReadAt)
        .offset(KEPT)
        .one(tx)
        .await?;
    if let Some(row) = oldest_kept {
        early_read::Entity::delete_many()
            .filter(early_read::Column::ConnectionId.eq(connection.0))
            .filter(early_read::Column::ReadAt.lte(row.read_at))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Marks messages that have just arrived as read if they have a read mark.
pub(super) async fn apply(
    writing: &mut Writing,
    arrived: BTreeSet<(ConnectionId, &str)>,
) -> Result<(), Error> {
    let numbers: BTreeSet<i64> = arrived.iter().map(|(number, _)| number.0).collect();
    let waiting = early_read::Entity::find()
        .filter(early_read::Column::ConnectionId.is_in(numbers))
        .filter(early_read::Column::WaId.is_in(arrived.iter().map(|(_, wa_id)| *wa_id)))
        .all(&writing.tx)
        .await?;
    for early in waiting {
        let rows = message::head()
            .filter(message::Column::ConnectionId.eq(early.connection_id))
            .filter(message::Column::WaId.eq(&*early.wa_id))
            .filter(message::Column::SenderId.ne(message::OURSELVES))
            .all(&writing.tx)
            .await?;
        if rows.is_empty() {
            continue;
        }
        for row in &rows {
            let chat = ChatId(row.chat_id);
            if read_marks::read_up_to(&writing.tx, chat, row.position).await? {
                writing.announce(ConnectionId(row.connection_id), Change::Chat(chat));
            }
        }
        early_read::Entity::delete_by_id((early.connection_id, early.wa_id))
            .exec(&writing.tx)
            .await?;
    }
    Ok(())
}
