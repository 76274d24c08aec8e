//! The messages of a chat that users have read, here or on the own phone.

use model::ChatId;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, sea_query::Expr,
};

use crate::{Error, entity::message};

/// Marks the messages of a chat up to a position as read. Returns true if one was unread.
pub(crate) async fn read_up_to(
    tx: &DatabaseTransaction,
    chat: ChatId,
    position: i64,
) -> Result<bool, Error> {
    let changed = message::Entity::update_many()
        .col_expr(message::Column::Unread, Expr::val(false))
        .filter(message::Column::ChatId.eq(chat.0))
        .filter(Expr::col(message::Column::Unread.as_column_ref()))
        .filter(message::Column::Position.lte(position))
        .exec(tx)
        .await?;
    Ok(changed.rows_affected > 0)
}
