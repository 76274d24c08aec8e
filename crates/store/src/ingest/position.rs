//! Where a message stands in its chat.
//!
//! A position is a time in microseconds, moved as little as possible to be unique in the chat.
//! WhatsApp's times are whole seconds and ours are not, so:
//!
//! * what is written here stands at the end: now, or right after the newest if the clock says
//!   otherwise. It moves to where WhatsApp took it if that was before it was written, as then the clock
//!   is ahead (`outbox`);
//! * what WhatsApp tells with a whole second stands in that second, after everything that is already
//!   there. So messages of one second keep the order in which they came, and a quick answer never
//!   stands above what it answers;
//! * where WhatsApp tells the microsecond too, that decides among those it tells of: one that comes
//!   late, because it was overtaken or could not be read at first, stands where it was sent. It still
//!   never stands above what was written here in the same second, as two clocks do not agree that well;
//!   only what was sent after it and stands already pulls it up;
//! * what is older (written while we were away, or history) takes its place among the old.

use std::cmp::{max, min};

use model::ChatId;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    Select,
    sea_query::{Expr, ExprTrait as _, SimpleExpr},
};

use crate::{Error, entity::message};

pub(crate) const SECOND: i64 = 1_000_000;

/// What is left between a message and the one that it was pushed below, for others to come between.
const ROOM: i64 = 10_000;

/// For a message written now.
pub(crate) async fn at_the_end(
    tx: &DatabaseTransaction,
    chat: ChatId,
    now: i64,
) -> Result<i64, Error> {
    let newest: Option<Option<i64>> = of(chat)
        .select_only()
        .column_as(message::Column::Position.max(), "newest")
        .into_tuple()
        .one(tx)
        .await?;
    Ok(newest.flatten().map_or(now, |newest| max(now, newest + 1)))
}

/// For a message that WhatsApp says was sent at `sent_at`. One query where nothing is in its way.
pub(crate) async fn by_time(
    tx: &DatabaseTransaction,
    chat: ChatId,
    sent_at: i64,
) -> Result<i64, Error> {
    let second = sent_at - sent_at.rem_euclid(SECOND);
    // What has a whole second only may have been sent at its end.
    let (until, room) = if sent_at == second { (second + SECOND - 1, 1) } else { (sent_at, ROOM) };
    let position = || Expr::col(message::Column::Position);
    let told = || Expr::col(message::Column::AuthorId).is_null();
    let is_later = || told().and(Expr::col(message::Column::SentAt).gt(until));
    let has_to_precede = || is_later().not().and(told().or(position().lt(second + SECOND)));
    let position_if = |condition| -> SimpleExpr { Expr::case(condition, position()).into() };
    let around = || of(chat).filter(position().gte(second)).select_only();
    let found: Option<(Option<i64>, Option<i64>)> = around()
        .filter(position().lt(second + 2 * SECOND))
        .expr_as(position_if(has_to_precede()).max(), "above")
        .expr_as(position_if(is_later()).min(), "below")
        .into_tuple()
        .one(tx)
        .await?;
    let (mut above, below) = found.unwrap_or_default();
    if let Some(below) = below
        && above.is_some_and(|above| above > below)
    {
        let found: Option<Option<i64>> = around()
            .filter(position().lt(below))
            .expr_as(position_if(has_to_precede()).max(), "above")
            .into_tuple()
            .one(tx)
            .await?;
        above = found.flatten();
    }
    let is_free =
        above.is_none_or(|above| above < sent_at) && below.is_none_or(|below| sent_at < below);
    if is_free {
        return Ok(sent_at);
    }
    let above = above.unwrap_or(second - 1);
    let step = max(1, below.map_or(room, |below| min(room, (below - above) / 2)));
    first_free(tx, chat, above + step).await
}

/// `candidate`, or the first after it where nothing stands. Steps are rare: only a second whose last
/// microsecond is taken, and two chats that become one, need them.
pub(super) async fn first_free(
    tx: &DatabaseTransaction,
    chat: ChatId,
    candidate: i64,
) -> Result<i64, Error> {
    let mut position = candidate;
    while of(chat).filter(message::Column::Position.eq(position)).one(tx).await?.is_some() {
        position += 1;
    }
    Ok(position)
}

fn of(chat: ChatId) -> Select<message::Entity> {
    message::Entity::find().filter(message::Column::ChatId.eq(chat.0))
}
