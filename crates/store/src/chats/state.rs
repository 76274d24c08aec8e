//! What the phone keeps of a chat: archived, pinned, muted, marked as unread, cleared, blocked, and the
//! stars of its messages.
//!
//! Each aspect has a value: 1 or 0 for what is set or not, the time of a pin and the end of a mute, the
//! position up to which a chat is cleared; 0 is always the state in which chats begin. An action that
//! waits for WhatsApp has the new value and the one before it ([`crate::outbox`]), so that one which
//! WhatsApp refuses can be undone.

use model::{ChatAspect, ChatId, ChatMark, ChatMarks, MessageId};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _, Func, SimpleExpr},
};

use super::{read_marks, refresh_last};
use crate::{
    Error,
    entity::{chat, contact, message, outbox},
    messages::position::cleared_in,
};

/// The marks of a row. `is_blocked` is that of its contact.
pub(crate) fn marks(row: &MarkColumns, is_blocked: bool) -> ChatMarks {
    ChatMarks::default()
        .with(ChatMark::Archived, row.archived)
        .with(ChatMark::Unlisted, row.unlisted)
        .with(ChatMark::Muted, row.muted_until.is_some())
        .with(ChatMark::Unread, row.marked_unread)
        .with(ChatMark::Blocked, is_blocked)
        .with(ChatMark::Refused, row.refused.is_some())
}

/// The columns of a chat that are its marks.
#[derive(Debug, FromQueryResult)]
pub(crate) struct MarkColumns {
    archived: bool,
    unlisted: bool,
    muted_until: Option<i64>,
    marked_unread: bool,
    refused: Option<String>,
}

/// Returns the value of an aspect of a chat, or of the star of its message.
pub(crate) async fn value(
    tx: &DatabaseTransaction,
    row: &chat::Model,
    aspect: ChatAspect,
    message: Option<MessageId>,
) -> Result<i64, Error> {
    Ok(match aspect {
        ChatAspect::Archive => i64::from(row.archived),
        ChatAspect::Pin => row.pinned_at.unwrap_or(0),
        ChatAspect::Mute => row.muted_until.unwrap_or(0),
        ChatAspect::Unread => i64::from(row.marked_unread),
        ChatAspect::Clear | ChatAspect::Delete => row.cleared_position.unwrap_or(0),
        ChatAspect::Block => match row.contact_id {
            Some(contact) => {
                let row = contact::Entity::find_by_id(contact).one(tx).await?;
                i64::from(row.is_some_and(|row| row.blocked))
            }
            None => 0,
        },
        ChatAspect::Star => match message {
            Some(message) => {
                let row = message::head().filter(message::Column::Id.eq(message.0)).one(tx).await?;
                i64::from(row.is_some_and(|row| row.starred))
            }
            None => 0,
        },
    })
}

/// Gives an aspect of a chat, or the star of its message, a value.
///
/// An archived chat is not pinned, as on phones. A chat that is cleared has nothing unread, and one that is
/// deleted is in no list, also if it was archived.
pub(crate) async fn set(
    tx: &DatabaseTransaction,
    row: &chat::Model,
    aspect: ChatAspect,
    message: Option<MessageId>,
    value: i64,
) -> Result<(), Error> {
    let is_set = value != 0;
    let present = is_set.then_some(value);
    let update = chat::Entity::update_many().filter(chat::Column::Id.eq(row.id));
    let update = match aspect {
        ChatAspect::Archive => {
            let update = update.col_expr(chat::Column::Archived, Expr::val(is_set));
            let none = Expr::val(None::<i64>);
            if is_set { update.col_expr(chat::Column::PinnedAt, none) } else { update }
        }
        ChatAspect::Pin => update.col_expr(chat::Column::PinnedAt, Expr::val(present)),
        ChatAspect::Mute => update.col_expr(chat::Column::MutedUntil, Expr::val(present)),
        ChatAspect::Unread => update.col_expr(chat::Column::MarkedUnread, Expr::val(is_set)),
        ChatAspect::Clear | ChatAspect::Delete => {
            let update = update.col_expr(chat::Column::ClearedPosition, Expr::val(present));
            match aspect {
                ChatAspect::Delete => update
                    .col_expr(chat::Column::Unlisted, Expr::val(true))
                    .col_expr(chat::Column::Archived, Expr::val(false))
                    .col_expr(chat::Column::PinnedAt, Expr::val(None::<i64>)),
                _ => update,
            }
        }
        ChatAspect::Block => {
            let Some(contact) = row.contact_id else { return Ok(()) };
            contact::Entity::update_many()
                .col_expr(contact::Column::Blocked, Expr::val(is_set))
                .filter(contact::Column::Id.eq(contact))
                .exec(tx)
                .await?;
            return Ok(());
        }
        ChatAspect::Star => {
            let Some(message) = message else { return Ok(()) };
            message::Entity::update_many()
                .col_expr(message::Column::Starred, Expr::val(is_set))
                .filter(message::Column::Id.eq(message.0))
                .filter(message::Column::ChatId.eq(row.id))
                .exec(tx)
                .await?;
            return Ok(());
        }
    };
    update.exec(tx).await?;
    if matches!(aspect, ChatAspect::Clear | ChatAspect::Delete) {
        let id = ChatId(row.id);
        if is_set {
            read_marks::read_up_to(tx, id, value).await?;
        }
        refresh_last(tx, [id]).await?;
    }
    Ok(())
}

/// Has messages of a chat removed that were cleared here, up to a position, with their files
/// ([`crate::disappearing`]), those that people keep in it as well. The notice about leaving a group that
/// waits for WhatsApp is only hidden, since the number would not leave without it. What is shown stays: the
/// chat may have become part of another one.
pub(crate) async fn remove_cleared(
    tx: &DatabaseTransaction,
    chat: ChatId,
    position: i64,
) -> Result<(), Error> {
    // A time that is over, and none that a message states.
    const NOW: i64 = 1;
    let leaving = outbox::Entity::find()
        .filter(outbox::Column::ChatId.eq(chat.0))
        .filter(outbox::Column::Kind.eq(outbox::LEAVE))
        .select_only()
        .column(outbox::Column::MessageId)
        .into_query();
    message::Entity::update_many()
        .col_expr(message::Column::ExpiresAt, Expr::val(NOW))
        .col_expr(message::Column::KeptExpiresAt, Expr::val(None::<i64>))
        .filter(message::Column::ChatId.eq(chat.0))
        .filter(message::Column::Position.lte(position))
        .filter(Expr::col(message::Column::Position.as_column_ref()).lte(cleared_in(chat)))
        .filter(message::Column::Id.not_in_subquery(leaving))
        .exec(tx)
        .await?;
    Ok(())
}

/// Takes a chat out of all lists until its next message.
pub(crate) async fn unlist(tx: &DatabaseTransaction, chat: ChatId) -> Result<(), Error> {
    chat::Entity::update_many()
        .col_expr(chat::Column::Unlisted, Expr::val(true))
        .filter(chat::Column::Id.eq(chat.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Lists a chat again.
pub(crate) async fn list_again(tx: &DatabaseTransaction, chat: i64) -> Result<(), Error> {
    chat::Entity::update_many()
        .col_expr(chat::Column::Unlisted, Expr::val(false))
        .filter(chat::Column::Id.eq(chat))
        .exec(tx)
        .await?;
    Ok(())
}

/// The condition that a message of a chat was not cleared.
pub(crate) fn is_shown(chat: ChatId) -> SimpleExpr {
    Expr::col(message::Column::Position.as_column_ref()).gt(up_to(cleared_in(chat)))
}

/// The position up to which messages are cleared, by the value of the column: below all positions for none.
pub(super) fn up_to(cleared_position: impl Into<SimpleExpr>) -> SimpleExpr {
    // The smallest number has no literal in PostgreSQL.
    Func::coalesce([cleared_position.into(), Expr::val(i64::MIN + 1)]).into()
}

/// The value of the mark [`ChatMark::Unlisted`] of a chat whose newest message, NULL for none, is this: it
/// ends with a message.
pub(super) fn is_unlisted_still(newest_message: SimpleExpr) -> SimpleExpr {
    let is_unlisted = Expr::col(chat::Column::Unlisted.as_column_ref());
    newest_message.is_null().and(is_unlisted)
}
