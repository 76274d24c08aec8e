//! The data of a group, and the relation of the number to it.

use model::{ChatId, Closed, ConnectionId, Membership};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, DatabaseTransaction, EntityTrait as _,
    QueryFilter as _, sea_query::Expr,
};

use crate::{
    Error,
    entity::{chat_group, outbox},
};

/// Inserts the row of a new group, of which nothing is known.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    connection: ConnectionId,
    chat: ChatId,
) -> Result<(), Error> {
    let row = chat_group::ActiveModel {
        chat_id: Set(chat.0),
        connection_id: Set(connection.0),
        announce: Set(false),
        locked: Set(false),
        lid: Set(true),
        membership: Set(Membership::default().as_str().to_owned()),
        size: Set(0),
        ..Default::default()
    };
    chat_group::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns the row of a group; `None` for a chat with one person.
pub(crate) async fn of(
    db: &impl ConnectionTrait,
    chat: ChatId,
) -> Result<Option<chat_group::Model>, Error> {
    Ok(chat_group::Entity::find_by_id(chat.0).one(db).await?)
}

/// Reads the column of a membership.
pub(crate) fn membership(column: &str) -> Membership {
    column.parse().unwrap_or_default()
}

/// Returns the reason why the number writes nothing in a group.
pub(crate) fn closed(row: &chat_group::Model) -> Option<Closed> {
    membership(&row.membership).closed(row.announce)
}

/// Refuses to write in a group that takes nothing from the number. Chats with one person are open.
///
/// # Errors
/// [`Error::Closed`].
pub(crate) async fn require_open(db: &impl ConnectionTrait, chat: ChatId) -> Result<(), Error> {
    let closed = of(db, chat).await?.and_then(|row| closed(&row));
    closed.map_or(Ok(()), |closed| Err(Error::Closed(closed)))
}

/// Refuses to change messages of a group in which the number is no member any more, and returns its
/// membership; `None` for a chat with one person. Where only administrators write, members still react,
/// vote and take back what they wrote.
///
/// # Errors
/// [`Error::Closed`].
pub(crate) async fn require_inside(
    db: &impl ConnectionTrait,
    chat: ChatId,
) -> Result<Option<Membership>, Error> {
    let Some(row) = of(db, chat).await? else { return Ok(None) };
    let membership = membership(&row.membership);
    match membership.closed(false) {
        Some(closed) => Err(Error::Closed(closed)),
        None => Ok(Some(membership)),
    }
}

/// Returns true if an operation of this kind waits in a chat.
pub(crate) async fn is_queued(
    db: &impl ConnectionTrait,
    chat: ChatId,
    kind: &str,
) -> Result<bool, Error> {
    let waiting = outbox::Entity::find()
        .filter(outbox::Column::ChatId.eq(chat.0))
        .filter(outbox::Column::Kind.eq(kind))
        .filter(outbox::Column::Failed.is_null());
    Ok(waiting.one(db).await?.is_some())
}

/// Stores the relation of the number to a group. Returns true if it was another one.
pub(crate) async fn set_membership(
    tx: &DatabaseTransaction,
    chat: ChatId,
    membership: Membership,
) -> Result<bool, Error> {
    let changed = chat_group::Entity::update_many()
        .col_expr(chat_group::Column::Membership, Expr::val(membership.as_str()))
        .filter(chat_group::Column::ChatId.eq(chat.0))
        .filter(chat_group::Column::Membership.ne(membership.as_str()))
        .exec(tx)
        .await?;
    Ok(changed.rows_affected > 0)
}
