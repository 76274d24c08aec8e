use model::{ChatId, Delivery};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, sea_query::Expr,
};

use super::refresh_last;
use crate::{
    Error,
    entity::message,
    messages::{
        delivery,
        position::{self, SECOND},
    },
};

/// Moves a queued message to the time `at` of WhatsApp's clock, if that is earlier than its own: the
/// clock of this machine is ahead, and answers would be placed above the message. Called at the first
/// sign that WhatsApp has the message: its ack or a receipt, because the library hands over either one
/// first.
pub(crate) async fn move_back(
    tx: &DatabaseTransaction,
    row: &message::Model,
    at: i64,
) -> Result<(), Error> {
    let is_ahead = at.saturating_add(SECOND) <= row.sent_at;
    if !is_ahead || delivery::of(row)? != Some(Delivery::Queued) {
        return Ok(());
    }
    let chat = ChatId(row.chat_id);
    let position = position::moved(tx, row, at).await?;
    message::Entity::update_many()
        .col_expr(message::Column::SentAt, Expr::val(at))
        .col_expr(message::Column::Position, Expr::val(position))
        .filter(message::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    refresh_last(tx, [chat]).await
}
