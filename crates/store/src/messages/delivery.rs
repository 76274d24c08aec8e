//! The delivery state of a sent message, and its row in the outbox.

use model::Delivery;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    sea_query::Expr,
};

use crate::{
    Error, codec,
    entity::{message, outbox},
};

/// Returns the delivery state of a message; `None` for a received one.
pub(crate) fn of(row: &message::Model) -> Result<Option<Delivery>, Error> {
    codec::read_delivery(row.delivery.as_deref())
}

/// Advances the delivery state of a message, never backward, and removes it from the outbox.
/// Returns true if the message changed.
pub(crate) async fn advance(
    tx: &DatabaseTransaction,
    row: &message::Model,
    next: Delivery,
) -> Result<bool, Error> {
    if !of(row)?.is_some_and(|current| current.advances_to(next)) {
        return Ok(false);
    }
    set(tx, row.id, next).await?;
    outbox::Entity::delete_by_id(row.id).exec(tx).await?;
    Ok(true)
}

/// Puts a new message into the outbox.
pub(crate) async fn queue(
    tx: &DatabaseTransaction,
    connection: i64,
    message: i64,
) -> Result<(), Error> {
    let row = outbox::ActiveModel {
        message_id: Set(message),
        connection_id: Set(connection),
        queued_at: Set(Some(codec::now())),
    };
    outbox::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Puts a message that failed into the outbox again.
pub(crate) async fn queue_again(
    tx: &DatabaseTransaction,
    row: &message::Model,
) -> Result<(), Error> {
    set(tx, row.id, Delivery::Queued).await?;
    queue(tx, row.connection_id, row.id).await
}

async fn set(tx: &DatabaseTransaction, message: i64, delivery: Delivery) -> Result<(), Error> {
    message::Entity::update_many()
        .col_expr(message::Column::Delivery, Expr::val(codec::delivery(delivery)))
        .filter(message::Column::Id.eq(message))
        .exec(tx)
        .await?;
    Ok(())
}
