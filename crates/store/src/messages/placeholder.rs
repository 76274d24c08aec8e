//! Placeholders: messages that wait for their content.

use model::MessageKind;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, sea_query::Expr,
};

use super::{NewQuote, said, updates};
use crate::{
    Error,
    entity::{message, message_update},
};

/// Returns true if a message waits for its content, also if it was edited or deleted meanwhile.
pub(crate) async fn is_unfilled(
    tx: &DatabaseTransaction,
    row: &message::Model,
) -> Result<bool, Error> {
    let kind = match changed(tx, row).await? {
        Some(said) => said.said_kind,
        None => row.is_as_said().then(|| row.kind.clone()),
    };
    Ok(kind.is_some_and(|kind| MessageKind::from_name(&kind).is_placeholder()))
}

/// Stores the content of a placeholder. If there are edits or deletions of it, the caller applies
/// them afterwards ([`super::projection::apply_waiting`]).
pub(crate) async fn fill(
    tx: &DatabaseTransaction,
    row: &message::Model,
    kind: MessageKind,
    text: &str,
    content: Option<String>,
) -> Result<(), Error> {
    if let Some(said) = changed(tx, row).await? {
        return said::replace(tx, said.id, kind.as_str(), text, content).await;
    }
    message::Entity::update_many()
        .col_expr(message::Column::Kind, Expr::val(kind.as_str()))
        .col_expr(message::Column::Text, Expr::val(text))
        .col_expr(message::Column::Content, Expr::val(content))
        .filter(message::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Stores what the content of a placeholder says about other messages: the one that it answers, and
/// WhatsApp's `forwarding_score`.
pub(crate) async fn fill_quote(
    tx: &DatabaseTransaction,
    message: i64,
    forwarded: u32,
    quote: Option<NewQuote>,
) -> Result<(), Error> {
    if forwarded == 0 && quote.is_none() {
        return Ok(());
    }
    let mut update = message::Entity::update_many()
        .col_expr(message::Column::Forwarded, Expr::val(i64::from(forwarded)));
    if let Some(NewQuote { wa_id, sender, kind, text }) = quote {
        update = update
            .col_expr(message::Column::QuotedWaId, Expr::val(wa_id))
            .col_expr(message::Column::QuotedSenderId, Expr::val(sender))
            .col_expr(message::Column::QuotedKind, Expr::val(kind.as_str()))
            .col_expr(message::Column::QuotedText, Expr::val(text));
    }
    update.filter(message::Column::Id.eq(message)).exec(tx).await?;
    Ok(())
}

/// Stores the time at which the message of a placeholder disappears; `None` if it stays.
pub(crate) async fn fill_expiry(
    tx: &DatabaseTransaction,
    message: i64,
    expires_at: Option<i64>,
) -> Result<(), Error> {
    message::Entity::update_many()
        .col_expr(message::Column::ExpiresAt, Expr::val(expires_at))
        .filter(message::Column::Id.eq(message))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes a message with the row of its first content: a placeholder whose stanza turned out to be no
/// message, the second row of one message, or one that disappears.
pub(crate) async fn delete(tx: &DatabaseTransaction, row: &message::Model) -> Result<(), Error> {
    if let Some(said) = changed(tx, row).await? {
        updates::delete(tx, said.id).await?;
    }
    message::Entity::delete_by_id(row.id).exec(tx).await?;
    Ok(())
}

/// Returns the row of a message's first content, if the message was changed.
async fn changed(
    tx: &DatabaseTransaction,
    row: &message::Model,
) -> Result<Option<message_update::Model>, Error> {
    if row.is_as_said() { Ok(None) } else { said::find(tx, row).await }
}
