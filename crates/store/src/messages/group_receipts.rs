//! The receipts of the members of a group for messages of the number.

use model::{ChatId, Delivery, MessageId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _, IntoSimpleExpr as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, Func, OnConflict, Query, SimpleExpr},
};

use crate::{
    Error, codec,
    entity::{chat_group, group_member, group_receipt, message},
};

/// Receipts are deleted once their message is 90 days old, in microseconds. Its ticks stay.
const LASTS: i64 = 90 * 24 * 60 * 60 * 1_000_000;
/// Messages whose receipts one transaction deletes: other writes wait meanwhile, and one in a large group has a
/// thousand.
const PRUNED_AT_ONCE: u64 = 20;

/// Stores that a member received, read or played a message at a time; the first time of each counts. Who
/// read a message received it. Returns true if this was news.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    message: i64,
    contact: i64,
    delivery: Delivery,
    at: i64,
) -> Result<bool, Error> {
    let known = group_receipt::Entity::find_by_id((message, contact)).one(tx).await?;
    let before = known.clone().unwrap_or(group_receipt::Model {
        message_id: message,
        contact_id: contact,
        delivered_at: None,
        read_at: None,
        played_at: None,
    });
    let is_read = matches!(delivery, Delivery::Read | Delivery::Played);
    let after = group_receipt::Model {
        delivered_at: before.delivered_at.or(Some(at)),
        read_at: before.read_at.or(is_read.then_some(at)),
        played_at: before.played_at.or((delivery == Delivery::Played).then_some(at)),
        ..before
    };
    if known.as_ref() == Some(&after) {
        return Ok(false);
    }
    let row = group_receipt::ActiveModel {
        message_id: Set(after.message_id),
        contact_id: Set(after.contact_id),
        delivered_at: Set(after.delivered_at),
        read_at: Set(after.read_at),
        played_at: Set(after.played_at),
    };
    let newer =
        OnConflict::columns([group_receipt::Column::MessageId, group_receipt::Column::ContactId])
            .update_columns([
                group_receipt::Column::DeliveredAt,
                group_receipt::Column::ReadAt,
                group_receipt::Column::PlayedAt,
            ])
            .to_owned();
    group_receipt::Entity::insert(row).on_conflict(newer).exec_without_returning(tx).await?;
    Ok(true)
}

/// Returns true if no receipt of this kind is missing: every member who was one when the message was sent
/// has received, read or played it. A group whose members are not known misses all.
pub(crate) async fn is_complete(
    tx: &impl ConnectionTrait,
    row: &message::Model,
    delivery: Delivery,
) -> Result<bool, Error> {
    let chat = ChatId(row.chat_id);
    // A notice makes single members known before WhatsApp has answered who all of them are.
    let group = chat_group::Entity::find_by_id(chat.0).one(tx).await?;
    if group.is_none_or(|group| group.fetched_at.is_none()) {
        return Ok(false);
    }
    let column = match delivery {
        Delivery::Played => group_receipt::Column::PlayedAt,
        Delivery::Read => group_receipt::Column::ReadAt,
        _ => group_receipt::Column::DeliveredAt,
    };
    let of = |column: group_receipt::Column| Expr::col(("receipt", column));
    let receipt = Query::select()
        .expr(Expr::val(1))
        .from_as(group_receipt::Entity, "receipt")
        .and_where(of(group_receipt::Column::MessageId).eq(row.id))
        .and_where(
            of(group_receipt::Column::ContactId)
                .eq(group_member::Column::ContactId.into_simple_expr()),
        )
        .and_where(of(column).is_not_null())
        .to_owned();
    let missing = recipients(chat, row.sent_at).filter(Expr::not_exists(receipt)).one(tx).await?;
    Ok(missing.is_none())
}

/// Selects the members of a group to whom a message was sent at a time: those who were not seen to join
/// later.
pub(crate) fn recipients(chat: ChatId, sent_at: i64) -> sea_orm::Select<group_member::Entity> {
    let since = group_member::Column::Since;
    group_member::Entity::find()
        .filter(group_member::Column::ChatId.eq(chat.0))
        .filter(since.is_null().or(since.lte(sent_at)))
}

/// Returns the receipts for a message, those that came first before the others.
pub(crate) async fn of(
    db: &impl ConnectionTrait,
    message: MessageId,
) -> Result<Vec<group_receipt::Model>, Error> {
    let rows = group_receipt::Entity::find()
        .filter(group_receipt::Column::MessageId.eq(message.0))
        .order_by_asc(group_receipt::Column::ReadAt)
        .order_by_asc(group_receipt::Column::DeliveredAt)
        .order_by_asc(group_receipt::Column::ContactId)
        .all(db)
        .await?;
    Ok(rows)
}

/// Counts the members who read a message, for rows of `message`.
pub(super) fn readers() -> SimpleExpr {
    let of = |column: group_receipt::Column| Expr::col(("seen", column));
    let counted = Query::select()
        .expr(Func::count(of(group_receipt::Column::ContactId)))
        .from_as(group_receipt::Entity, "seen")
        .and_where(of(group_receipt::Column::MessageId).eq(message::Column::Id.into_simple_expr()))
        .and_where(of(group_receipt::Column::ReadAt).is_not_null())
        .to_owned();
    Expr::SubQuery(None, Box::new(counted.into()))
}

/// Makes `kept` the contact of the receipts of `gone`, unless it has its own.
pub(crate) async fn reassign(tx: &DatabaseTransaction, gone: i64, kept: i64) -> Result<(), Error> {
    let rows = group_receipt::Entity::find()
        .filter(group_receipt::Column::ContactId.eq(gone))
        .all(tx)
        .await?;
    for row in rows {
        let times = [
            (Delivery::Delivered, row.delivered_at),
            (Delivery::Read, row.read_at),
            (Delivery::Played, row.played_at),
        ];
        for (delivery, at) in times {
            if let Some(at) = at {
                insert(tx, row.message_id, kept, delivery, at).await?;
            }
        }
    }
    group_receipt::Entity::delete_many()
        .filter(group_receipt::Column::ContactId.eq(gone))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes the receipts for messages that are older than [`LASTS`], those of the oldest, at most
/// [`PRUNED_AT_ONCE`]. Returns true if there may be more. Messages are numbered as they are written, so the key of
/// the table leads to the oldest, however many receipts there are.
pub(crate) async fn prune(tx: &DatabaseTransaction) -> Result<bool, Error> {
    let oldest: Vec<i64> = group_receipt::Entity::find()
        .order_by_asc(group_receipt::Column::MessageId)
        .limit(PRUNED_AT_ONCE)
        .select_only()
        .column(group_receipt::Column::MessageId)
        .distinct()
        .into_tuple()
        .all(tx)
        .await?;
    let over: Vec<i64> = message::Entity::find()
        .filter(message::Column::Id.is_in(oldest))
        .filter(message::Column::SentAt.lt(codec::now() - LASTS))
        .select_only()
        .column(message::Column::Id)
        .into_tuple()
        .all(tx)
        .await?;
    let may_be_more = over.len() as u64 == PRUNED_AT_ONCE;
    group_receipt::Entity::delete_many()
        .filter(group_receipt::Column::MessageId.is_in(over))
        .exec(tx)
        .await?;
    Ok(may_be_more)
}
