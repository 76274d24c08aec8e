//! The messages whose files browsers are still sending, and that may not go on: their number was unlinked,
//! or their authors may not write any more.

use model::{ConnectionId, FailReason, UserId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, JoinType, QueryFilter as _,
    QuerySelect as _, RelationTrait as _, Select,
    sea_query::{Expr, ExprTrait as _},
};

use super::delivery;
use crate::{
    Error,
    access::{Right, Scope},
    entity::{message, upload},
    write::Writing,
};

/// Selects the uploads of a user.
pub(crate) fn of_user(user: UserId) -> Select<upload::Entity> {
    upload::Entity::find().filter(upload::Column::UserId.eq(user.0))
}

/// Selects the uploads of a number.
pub(crate) fn of_number(connection: ConnectionId) -> Select<upload::Entity> {
    upload::Entity::find().filter(upload::Column::ConnectionId.eq(connection.0))
}

/// Fails the messages of those of the selected uploads whose authors may not write in their chats. It is
/// called in the transaction that takes the right. Returns their number.
pub(crate) async fn fail_unwritable(
    writing: &mut Writing,
    uploads: Select<upload::Entity>,
) -> Result<usize, Error> {
    let messages = unwritable(&writing.tx, uploads).await?;
    fail(writing, &messages, FailReason::Cancelled).await?;
    Ok(messages.len())
}

/// Fails the messages of a number whose files browsers are still sending.
pub(crate) async fn fail_uploading(
    writing: &mut Writing,
    connection: ConnectionId,
    reason: FailReason,
) -> Result<(), Error> {
    let messages: Vec<i64> = of_number(connection)
        .select_only()
        .column(upload::Column::MessageId)
        .into_tuple()
        .all(&writing.tx)
        .await?;
    fail(writing, &messages, reason).await
}

/// Fails messages whose files browsers are still sending. The incomplete files go with the next round of
/// [`Store::expire_uploads`](crate::Store::expire_uploads).
async fn fail(writing: &mut Writing, messages: &[i64], reason: FailReason) -> Result<(), Error> {
    for message in messages {
        let row = message::head().filter(message::Column::Id.eq(*message));
        if let Some(row) = row.one(&writing.tx).await? {
            delivery::fail(writing, &row, reason).await?;
        }
        upload::Entity::update_many()
            .col_expr(upload::Column::TouchedAt, Expr::val(0_i64))
            .filter(upload::Column::MessageId.eq(*message))
            .exec(&writing.tx)
            .await?;
    }
    Ok(())
}

/// Returns the messages of those of the selected uploads that go on although their authors may not write in
/// their chats.
pub(crate) async fn unwritable(
    db: &impl ConnectionTrait,
    uploads: Select<upload::Entity>,
) -> Result<Vec<i64>, Error> {
    let open = uploads.filter(upload::Column::TouchedAt.gt(0));
    let authors: Vec<i64> = open
        .clone()
        .select_only()
        .column(upload::Column::UserId)
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    let mut messages = Vec::new();
    for author in authors {
        let scope = Scope::of_anybody(UserId(author));
        let may_write = scope
            .allows(Right::Write, upload::Column::ConnectionId)
            .and(scope.sees_chat(message::Column::ChatId));
        let theirs: Vec<i64> = open
            .clone()
            .filter(upload::Column::UserId.eq(author))
            .join(JoinType::InnerJoin, upload::Relation::Message.def())
            .filter(may_write.not())
            .select_only()
            .column(upload::Column::MessageId)
            .into_tuple()
            .all(db)
            .await?;
        messages.extend(theirs);
    }
    Ok(messages)
}
