//! The position of a message in its chat.
//!
//! A position is a time in microseconds, moved as little as possible to be unique in the chat.
//! WhatsApp's times are mostly whole seconds and those of this server are not, so:
//!
//! * a message written here is placed at the end: at the current time, or right after the newest
//!   message if that is later. If WhatsApp's server took it before it was written, the clock of
//!   this machine is ahead, and the message moves to WhatsApp's time (`outbox`);
//! * a message that WhatsApp dates to a whole second is placed in that second, below everything
//!   that is already there. So messages of one second keep the order of their arrival, and a quick
//!   answer is never above its question;
//! * a message that WhatsApp dates to the microsecond is placed by it among the messages from
//!   WhatsApp, even if it arrives late because it was overtaken or could not be decrypted at first.
//!   It is never placed above a message written here in the same second, since the two clocks do
//!   not agree that well; only a stored message that was sent after it can place it higher;
//! * an older message (from a downtime, or of the history) is placed by its time;
//! * whatever comes after a chat was cleared is placed below what was cleared, also if it was sent before:
//!   nobody has seen it, so it must be neither hidden nor destroyed with that.

use std::cmp::{max, min};

use model::ChatId;
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    Select,
    sea_query::{Expr, ExprTrait as _, Query, SimpleExpr},
};

use crate::{
    Error,
    entity::{chat, message},
};

pub(crate) const SECOND: i64 = 1_000_000;

/// The distance, in microseconds, between a message and one that it is placed below, which leaves
/// positions for messages in between.
const SPACING: i64 = 10_000;

/// Returns the position of a message written now, in a chat with this highest position, or that up to which
/// it is cleared.
pub(crate) fn at_the_end(newest: Option<i64>, now: i64) -> i64 {
    newest.map_or(now, |newest| max(now, newest + 1))
}

/// Returns the position of a message that was sent at `sent_at` by WhatsApp's clock. It takes one
/// query if no other message is in the way.
pub(crate) async fn by_time(
    tx: &DatabaseTransaction,
    chat: ChatId,
    sent_at: i64,
) -> Result<i64, Error> {
    let (position, cleared) = among_others(tx, chat, sent_at).await?;
    match cleared {
        Some(cleared) if position <= cleared => first_free(tx, chat, cleared + 1).await,
        _ => Ok(position),
    }
}

/// Returns the position of a stored message that was sent at another time than was known. One that is
/// cleared stays so.
pub(crate) async fn moved(
    tx: &DatabaseTransaction,
    row: &message::Model,
    sent_at: i64,
) -> Result<i64, Error> {
    let chat = ChatId(row.chat_id);
    let (position, cleared) = among_others(tx, chat, sent_at).await?;
    match cleared {
        Some(cleared) if row.position <= cleared => Ok(row.position),
        Some(cleared) if position <= cleared => first_free(tx, chat, cleared + 1).await,
        _ => Ok(position),
    }
}

/// Returns the position of a message among all others of its chat, and that up to which the chat is
/// cleared.
async fn among_others(
    tx: &DatabaseTransaction,
    chat: ChatId,
    sent_at: i64,
) -> Result<(i64, Option<i64>), Error> {
    let second = sent_at - sent_at.rem_euclid(SECOND);
    // A message with a whole second may have been sent at the end of that second.
    let (until, spacing) =
        if sent_at == second { (second + SECOND - 1, 1) } else { (sent_at, SPACING) };
    let position = || Expr::col(message::Column::Position);
    let is_from_whatsapp = || Expr::col(message::Column::AuthorId).is_null();
    let is_later = || is_from_whatsapp().and(Expr::col(message::Column::SentAt).gt(until));
    let has_to_precede =
        || is_later().not().and(is_from_whatsapp().or(position().lt(second + SECOND)));
    let position_if = |condition| -> SimpleExpr { Expr::case(condition, position()).into() };
    let around = || messages_of(chat).filter(position().gte(second)).select_only();
    let found: Option<(Option<i64>, Option<i64>, Option<i64>)> = around()
        .filter(position().lt(second + 2 * SECOND))
        .expr_as(position_if(has_to_precede()).max(), "above")
        .expr_as(position_if(is_later()).min(), "below")
        .expr_as(cleared_in(chat), "cleared")
        .into_tuple()
        .one(tx)
        .await?;
    let (mut above, below, cleared) = found.unwrap_or_default();
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
        return Ok((sent_at, cleared));
    }
    let above = above.unwrap_or(second - 1);
    let step = max(1, below.map_or(spacing, |below| min(spacing, (below - above) / 2)));
    Ok((first_free(tx, chat, above + step).await?, cleared))
}

/// The position up to which the messages of a chat are cleared; NULL for none.
pub(crate) fn cleared_in(chat: ChatId) -> SimpleExpr {
    let cleared = Query::select()
        .column(("cleared", chat::Column::ClearedPosition))
        .from_as(chat::Entity, "cleared")
        .and_where(Expr::col(("cleared", chat::Column::Id)).eq(chat.0))
        .to_owned();
    Expr::SubQuery(None, Box::new(cleared.into()))
}

/// Returns `candidate`, or the first free position after it. More than one query is rare: only a
/// second whose last microsecond is taken, and the merge of two chats, need it.
pub(crate) async fn first_free(
    tx: &DatabaseTransaction,
    chat: ChatId,
    candidate: i64,
) -> Result<i64, Error> {
    let mut position = candidate;
    while messages_of(chat).filter(message::Column::Position.eq(position)).one(tx).await?.is_some()
    {
        position += 1;
    }
    Ok(position)
}

fn messages_of(chat: ChatId) -> Select<message::Entity> {
    message::Entity::find().filter(message::Column::ChatId.eq(chat.0))
}
