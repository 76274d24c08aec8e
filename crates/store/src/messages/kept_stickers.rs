//! The messages whose stickers users keep as favourites. A favourite goes with its message.

use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
    sea_query::{Expr, SelectStatement},
};

use crate::{Error, entity::sticker_favourite};

/// Selects the ids of these messages.
pub(crate) fn messages() -> SelectStatement {
    sticker_favourite::Entity::find()
        .select_only()
        .column(sticker_favourite::Column::MessageId)
        .into_query()
}

/// Gives the favourites of a message that is about to be deleted to `kept`, which is the same message.
pub(crate) async fn reassign(tx: &DatabaseTransaction, gone: i64, kept: i64) -> Result<(), Error> {
    sticker_favourite::Entity::update_many()
        .col_expr(sticker_favourite::Column::MessageId, Expr::val(kept))
        .filter(sticker_favourite::Column::MessageId.eq(gone))
        .exec(tx)
        .await?;
    Ok(())
}
