//! The last message of a chat, and the time of its last activity.

use model::{ChatId, MessageId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _, Func, Order, Query, SimpleExpr},
};

use super::state::{is_unlisted_still, up_to};
use crate::{
    Error, codec,
    entity::{chat, message},
};

/// Updates the last message of chats in which messages were added, moved or deleted. It is the one
/// with the highest position.
pub(crate) async fn refresh_last(
    db: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = ChatId>,
) -> Result<(), Error> {
    let last_at = Expr::col(chat::Column::LastAt.as_column_ref());
    let moved_at = Func::coalesce([newest(activity(codec::now())), last_at]);
    let newest_id = || newest(Expr::col((NEWEST, message::Column::Id)));
    chat::Entity::update_many()
        .col_expr(chat::Column::LastMessageId, newest_id())
        .col_expr(chat::Column::Unlisted, is_unlisted_still(newest_id()))
        .col_expr(chat::Column::LastAt, moved_at.into())
        .filter(chat::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
        .exec(db)
        .await?;
    Ok(())
}

/// Updates the last message of a chat of which messages disappeared. The time of its last activity
/// stays, and so its place in the list.
pub(crate) async fn forget_last(db: &impl ConnectionTrait, chat: ChatId) -> Result<(), Error> {
    chat::Entity::update_many()
        .col_expr(chat::Column::LastMessageId, newest(Expr::col((NEWEST, message::Column::Id))))
        .filter(chat::Column::Id.eq(chat.0))
        .exec(db)
        .await?;
    Ok(())
}

/// Makes a message that was written now, at the end of its chat, the last message.
pub(crate) async fn set_last(
    db: &impl ConnectionTrait,
    chat: ChatId,
    message: MessageId,
    now: i64,
) -> Result<(), Error> {
    chat::Entity::update_many()
        .col_expr(chat::Column::LastMessageId, Expr::val(message.0))
        .col_expr(chat::Column::LastAt, Expr::val(now))
        .col_expr(chat::Column::Unlisted, Expr::val(false))
        .filter(chat::Column::Id.eq(chat.0))
        .exec(db)
        .await?;
    Ok(())
}

const NEWEST: &str = "newest";

/// Selects an expression of a chat's last message; NULL if there is none.
fn newest(what: impl Into<SimpleExpr>) -> SimpleExpr {
    let last = Query::select()
        .expr(what)
        .from_as(message::Entity, NEWEST)
        .and_where(
            Expr::col((NEWEST, message::Column::ChatId))
                .eq(Expr::col(chat::Column::Id.as_column_ref())),
        )
        // Those that were cleared are not shown.
        .and_where(
            Expr::col((NEWEST, message::Column::Position))
                .gt(up_to(Expr::col(chat::Column::ClearedPosition.as_column_ref()))),
        )
        .order_by((NEWEST, message::Column::Position), Order::Desc)
        .limit(1)
        .to_owned();
    Expr::SubQuery(None, Box::new(last.into()))
}

/// The time of a chat's last activity. WhatsApp's times are whole seconds, so a message of the last
/// two seconds counts from its arrival: of two chats with a message in one second, the later is
/// first.
fn activity(now: i64) -> SimpleExpr {
    const JUST_NOW: i64 = 2_000_000;
    let sent_at = || Expr::col((NEWEST, message::Column::SentAt));
    let has_just_come = sent_at().lte(now).and(sent_at().gt(now - JUST_NOW));
    Expr::case(has_just_come, Expr::val(now)).finally(sent_at()).into()
}
