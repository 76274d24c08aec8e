//! The content of a message as it was sent. It is kept as a row beside the updates of the message
//! once one of them changes the message; until then the message itself has it.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, IntoSimpleExpr as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _, Func, Query, SimpleExpr},
};

use super::{update::SAID, updates};
use crate::{
    Error,
    entity::{message, message_update},
};

/// Returns the row of a message's first content, if the message was changed.
pub(super) async fn find(
    tx: &DatabaseTransaction,
    row: &message::Model,
) -> Result<Option<message_update::Model>, Error> {
    Ok(updates::of_sender(row.chat_id, row.sender_id, &row.wa_id, SAID).one(tx).await?)
}

/// Keeps the content of a message that is about to be changed for the first time.
pub(super) async fn keep(
    tx: &DatabaseTransaction,
    row: &message::Model,
) -> Result<message_update::Model, Error> {
    let said = message_update::ActiveModel {
        connection_id: Set(row.connection_id),
        chat_id: Set(row.chat_id),
        sender_id: Set(row.sender_id),
        target_wa_id: Set(row.wa_id.clone()),
        kind: Set(SAID.to_owned()),
        value: Set(row.text.clone()),
        at: Set(row.sent_at),
        said_kind: Set(Some(row.kind.clone())),
        said_content: Set(row.content.clone()),
        ..Default::default()
    };
    Ok(message_update::Entity::insert(said).exec_with_returning(tx).await?)
}

/// Replaces the kept content, since that of a placeholder has arrived.
pub(super) async fn replace(
    tx: &DatabaseTransaction,
    said: i64,
    kind: &str,
    text: &str,
    content: Option<String>,
) -> Result<(), Error> {
    message_update::Entity::update_many()
        .col_expr(message_update::Column::Value, Expr::val(text))
        .col_expr(message_update::Column::SaidKind, Expr::val(kind))
        .col_expr(message_update::Column::SaidContent, Expr::val(content))
        .filter(message_update::Column::Id.eq(said))
        .exec(tx)
        .await?;
    Ok(())
}

/// Selects the kind that a message was sent with. Its file has that kind, also after a deletion.
pub(crate) fn kind() -> SimpleExpr {
    as_said(message_update::Column::SaidKind, message::Column::Kind)
}

/// Selects the text that a message was sent with.
pub(crate) fn text() -> SimpleExpr {
    as_said(message_update::Column::Value, message::Column::Text)
}

/// Selects the column of the content that a message was sent with ([`super::content`]).
pub(crate) fn content() -> SimpleExpr {
    as_said(message_update::Column::SaidContent, message::Column::Content)
}

fn as_said(kept: message_update::Column, own: message::Column) -> SimpleExpr {
    let of = |column: message_update::Column| Expr::col(("said", column));
    let own_column = |column: message::Column| column.into_simple_expr();
    let said = Query::select()
        .expr(of(kept))
        .from_as(message_update::Entity, "said")
        .and_where(of(message_update::Column::TargetWaId).eq(own_column(message::Column::WaId)))
        .and_where(of(message_update::Column::ChatId).eq(own_column(message::Column::ChatId)))
        .and_where(of(message_update::Column::SenderId).eq(own_column(message::Column::SenderId)))
        .and_where(of(message_update::Column::Kind).eq(SAID))
        .limit(1)
        .to_owned();
    Func::coalesce([Expr::SubQuery(None, Box::new(said.into())), own_column(own)]).into()
}
