//! The received voice notes that were played, here or on the own phone.

use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, sea_query::Expr,
};

use crate::{
    Error,
    entity::{media, message},
};

/// Stores that a message was played. Returns false if it was before, and for all but received voice
/// notes.
pub(crate) async fn mark(tx: &DatabaseTransaction, row: &message::Model) -> Result<bool, Error> {
    if row.sender_id == message::OURSELVES {
        return Ok(false);
    }
    let marked = media::Entity::update_many()
        .col_expr(media::Column::Played, Expr::val(true))
        .filter(media::Column::MessageId.eq(row.id))
        .filter(media::Column::Voice.eq(true))
        .filter(media::Column::Played.eq(false))
        .exec(tx)
        .await?;
    Ok(marked.rows_affected > 0)
}
