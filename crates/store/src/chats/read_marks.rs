//! The messages of a chat that users have read, here or on the own phone.

use model::ChatId;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select, UpdateMany,
    sea_query::{Expr, ExprTrait as _, SimpleExpr},
};

use crate::{Error, entity::message};

/// Returns the newest unread messages of a chat, at most `limit`, oldest first, without their texts.
pub(crate) async fn newest_unread(
    tx: &DatabaseTransaction,
    chat: ChatId,
    limit: u64,
) -> Result<Vec<message::Model>, Error> {
    let mut rows = unread(chat, limit).all(tx).await?;
    rows.reverse();
    Ok(rows)
}

/// Marks the messages of a chat up to a position as read. Returns true if one was unread.
pub(crate) async fn read_up_to(
    tx: &DatabaseTransaction,
    chat: ChatId,
    position: i64,
) -> Result<bool, Error> {
    Ok(marking(chat, position).exec(tx).await?.rows_affected > 0)
}

fn unread(chat: ChatId, limit: u64) -> Select<message::Entity> {
    message::head()
        .filter(message::Column::ChatId.eq(chat.0))
        .filter(is_unread())
        .order_by_desc(unindexed_position())
        .limit(limit)
}

fn marking(chat: ChatId, position: i64) -> UpdateMany<message::Entity> {
    message::Entity::update_many()
        .col_expr(message::Column::Unread, Expr::val(false))
        .filter(message::Column::ChatId.eq(chat.0))
        .filter(is_unread())
        .filter(unindexed_position().lte(position))
}

fn is_unread() -> SimpleExpr {
    Expr::col(message::Column::Unread.as_column_ref())
}

/// The position of a message in a form that no index serves. By the index of positions a database would
/// go through all messages of a chat, and the unread ones, which have an index too, are few.
fn unindexed_position() -> SimpleExpr {
    Expr::col(message::Column::Position.as_column_ref()).add(0)
}

#[cfg(test)]
mod tests {
    use sea_orm::{DatabaseBackend, QueryTrait as _};

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn unread_messages_are_found_by_their_index() {
        let (store, _folder) = testing::store().await;
        let sqlite = DatabaseBackend::Sqlite;
        for statement in
            [unread(ChatId(1), 9).build(sqlite), marking(ChatId(1), i64::MAX).build(sqlite)]
        {
            let plan = testing::plan(&store, &statement).await;
            assert!(plan[0].contains("INDEX message_unread (chat_id=?)"), "{plan:#?}");
        }
    }
}
