//! Disappearing messages: the timer of a chat, and the time at which a message disappears.
//!
//! A received message disappears by the time that it states itself, as on the phone of its author; an own
//! one by the timer that it carried, which was that of its chat when it was sent, and one that failed by that
//! of its chat. The time begins when WhatsApp takes the message.
//! Notices stay. `crate::disappearing` removes what is due.

use chrono::{DateTime, Utc};
use model::{ChatId, MessageKind};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, IntoSimpleExpr as _, QueryFilter as _,
    QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, Query, SimpleExpr},
};

use super::position::SECOND;
use crate::{
    Error, codec,
    entity::{chat, message},
};

/// The timer of a chat, as messages state it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatTimer {
    /// The seconds after which a message disappears; 0 turns the timer off.
    pub seconds: u32,
    /// The time at which somebody set it, if the message says so.
    pub set_at: Option<DateTime<Utc>>,
}

impl ChatTimer {
    /// Reads the columns of a chat; `None` if its messages stay.
    pub(crate) fn of_columns(seconds: i64, at: Option<i64>) -> Option<Self> {
        let seconds = seconds_of(seconds);
        (seconds > 0).then(|| Self { seconds, set_at: at.map(codec::time) })
    }
}

/// Returns the seconds in a column; 0 for a value that no version writes.
pub(crate) fn seconds_of(column: i64) -> u32 {
    u32::try_from(column).unwrap_or(0)
}

/// Stores the timer of a chat, unless one that was set later is stored: messages come in any order.
pub(crate) async fn set(
    tx: &DatabaseTransaction,
    chat: ChatId,
    seconds: u32,
    at: i64,
) -> Result<(), Error> {
    let timer_at = chat::Column::TimerAt;
    let seconds = i64::from(seconds);
    // Each message of the chat states the setting again, of which nothing is written.
    let is_other = timer_at.eq(at).and(chat::Column::TimerSeconds.ne(seconds));
    let is_older = timer_at.is_null().or(timer_at.lt(at)).or(is_other);
    chat::Entity::update_many()
        .col_expr(chat::Column::TimerSeconds, Expr::val(seconds))
        .col_expr(chat::Column::TimerAt, Expr::val(at))
        .filter(chat::Column::Id.eq(chat.0))
        .filter(is_older)
        .exec(tx)
        .await?;
    Ok(())
}

/// Returns the seconds of a chat's timer that was set before a time; 0 if messages stay.
pub(crate) async fn since_before(
    tx: &DatabaseTransaction,
    chat: ChatId,
    at: i64,
) -> Result<u32, Error> {
    let seconds: Option<i64> = chat::Entity::find_by_id(chat.0)
        .filter(chat::Column::TimerAt.lte(at))
        .select_only()
        .column(chat::Column::TimerSeconds)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(seconds.map_or(0, seconds_of))
}

/// Returns the time at which a message of this kind disappears, which WhatsApp took at `at`; `None` if it
/// stays.
pub(crate) fn expiry(kind: MessageKind, at: i64, seconds: u32) -> Option<i64> {
    let disappears = seconds > 0 && !kind.is_notice();
    disappears.then(|| at.saturating_add(i64::from(seconds).saturating_mul(SECOND)))
}

/// Selects, for an update of messages that failed at `at`, the time at which each disappears by the
/// timer of its chat; NULL if it stays.
pub(super) fn expiry_in_chat(at: i64) -> SimpleExpr {
    let of_chat = |column: chat::Column| Expr::col(("of_chat", column));
    let until = of_chat(chat::Column::TimerSeconds).mul(SECOND).add(at);
    let until = Query::select()
        .expr(until)
        .from_as(chat::Entity, "of_chat")
        .and_where(of_chat(chat::Column::Id).eq(message::Column::ChatId.into_simple_expr()))
        .and_where(of_chat(chat::Column::TimerSeconds).gt(0))
        .to_owned();
    Expr::SubQuery(None, Box::new(until.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_disappears_after_its_time_and_a_notice_stays() {
        assert_eq!(expiry(MessageKind::Text, 5, 2), Some(2_000_005));
        assert_eq!(expiry(MessageKind::Text, 5, 0), None);
        assert_eq!(expiry(MessageKind::System, 5, 2), None);
        assert_eq!(expiry(MessageKind::Image, i64::MAX, u32::MAX), Some(i64::MAX));
    }
}
