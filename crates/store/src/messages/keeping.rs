//! Messages that people keep in a chat whose messages disappear ("Manter na conversa").
//!
//! While a message is kept, the time at which it would disappear stands in another column, in which
//! `crate::disappearing` does not look. Once it is not kept any more, that time counts again.

use model::{ChatId, ConnectionId};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, IntoSimpleExpr as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, sea_query::Expr,
};

use super::update::KEPT;
use crate::{
    Error,
    entity::{message, message_update},
};

/// Applies what somebody decided last about a message of a chat, if anybody did.
pub(super) async fn apply(
    tx: &DatabaseTransaction,
    connection: ConnectionId,
    chat: ChatId,
    wa_id: &str,
) -> Result<(), Error> {
    let last: Option<String> = message_update::Entity::find()
        .filter(message_update::Column::TargetWaId.eq(wa_id))
        .filter(message_update::Column::ChatId.eq(chat.0))
        .filter(message_update::Column::Kind.eq(KEPT))
        .order_by_desc(message_update::Column::At)
        .order_by_desc(message_update::Column::Id)
        .select_only()
        .column(message_update::Column::Value)
        .into_tuple()
        .one(tx)
        .await?;
    let Some(last) = last else { return Ok(()) };
    let (expires, kept) = (message::Column::ExpiresAt, message::Column::KeptExpiresAt);
    let (from, to) = if last.is_empty() { (kept, expires) } else { (expires, kept) };
    message::Entity::update_many()
        .col_expr(to, from.into_simple_expr())
        .col_expr(from, Expr::val(None::<i64>))
        .filter(message::Column::ConnectionId.eq(connection.0))
        .filter(message::Column::WaId.eq(wa_id))
        .filter(message::Column::ChatId.eq(chat.0))
        .filter(from.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}
