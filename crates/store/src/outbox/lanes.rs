//! The conditions under which an operation may go, by its pause and by the operations before it.

use std::time::Duration;

use model::{ConnectionId, MediaState};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, IntoSimpleExpr as _, QueryFilter as _, Select,
    sea_query::{Expr, ExprTrait as _, Query, SelectStatement, SimpleExpr},
};

use crate::{
    codec,
    entity::{media, outbox},
};

/// The longest pause before the next attempt. A row with a longer one was written before the clock
/// of this machine was set back, and is due.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(16);

/// The kinds of operations that are in no lane.
const OUT_OF_LANE: [&str; 3] = [outbox::READ, outbox::PLAYED, outbox::UPLOAD];

/// Selects the messages and changes of a number that may go at a time.
pub(super) fn free(connection: ConnectionId, now: i64) -> Select<outbox::Entity> {
    let earlier = |column: outbox::Column| Expr::col(("earlier", column));
    let before_in_lane = Query::select()
        .expr(Expr::val(1))
        .from_as(outbox::Entity, "earlier")
        .and_where(earlier(outbox::Column::ChatId).eq(outbox::Column::ChatId.into_simple_expr()))
        .and_where(earlier(outbox::Column::Id).lt(outbox::Column::Id.into_simple_expr()))
        .and_where(earlier(outbox::Column::Kind).is_not_in(OUT_OF_LANE))
        .and_where(earlier(outbox::Column::Failed).is_null())
        .and_where(
            Expr::exists(sending("earlier"))
                .or(pauses(earlier(outbox::Column::NextAttemptAt), now))
                .or(Expr::exists(before_of_message("earlier"))),
        )
        .to_owned();
    outbox::Entity::find()
        .filter(outbox::Column::ConnectionId.eq(connection.0))
        .filter(outbox::Column::Kind.is_not_in(OUT_OF_LANE))
        .filter(outbox::Column::Failed.is_null())
        .filter(outbox::Column::DependsOn.is_null())
        .filter(is_due(now))
        .filter(Expr::not_exists(uploads_before_file("outbox")))
        .filter(Expr::not_exists(before_of_message("outbox")))
        .filter(Expr::not_exists(timer_before()))
        .filter(Expr::not_exists(before_in_lane))
}

/// The condition that an operation does not pause.
pub(super) fn is_due(now: i64) -> SimpleExpr {
    is_due_at(outbox::Column::NextAttemptAt.into_simple_expr(), now)
}

/// The condition that a time of a next attempt has come, or that there is none.
pub(super) fn is_due_at(next_attempt_at: SimpleExpr, now: i64) -> SimpleExpr {
    next_attempt_at.clone().is_null().or(pauses(next_attempt_at, now).not())
}

/// The condition that a time of a next attempt has not come.
pub(super) fn pauses(next_attempt_at: SimpleExpr, now: i64) -> SimpleExpr {
    let longest = i64::try_from(LONGEST_PAUSE.as_micros()).unwrap_or(i64::MAX);
    next_attempt_at.between(now + 1, now + longest)
}

/// Selects the changes before a change, of the same message, that are neither confirmed nor failed.
/// `later` is the table or alias of that change.
fn before_of_message(later: &'static str) -> SelectStatement {
    let later = |column: outbox::Column| Expr::col((later, column));
    let before = |column: outbox::Column| Expr::col(("before", column));
    Query::select()
        .expr(Expr::val(1))
        .from_as(outbox::Entity, "before")
        .and_where(before(outbox::Column::MessageId).eq(later(outbox::Column::MessageId)))
        .and_where(before(outbox::Column::Id).lt(later(outbox::Column::Id)))
        .and_where(later(outbox::Column::Kind).is_in(outbox::CHANGES))
        .and_where(before(outbox::Column::Kind).is_in(outbox::CHANGES))
        .and_where(before(outbox::Column::Failed).is_null())
        .to_owned()
}

/// Selects the settings of the timer before an operation in its chat, and the leaving of the group. What
/// follows carries the timer, or fails, so it waits until WhatsApp has the setting.
fn timer_before() -> SelectStatement {
    let setting = |column: outbox::Column| Expr::col(("setting", column));
    Query::select()
        .expr(Expr::val(1))
        .from_as(outbox::Entity, "setting")
        .and_where(setting(outbox::Column::ChatId).eq(outbox::Column::ChatId.into_simple_expr()))
        .and_where(setting(outbox::Column::Id).lt(outbox::Column::Id.into_simple_expr()))
        .and_where(setting(outbox::Column::Kind).is_in([outbox::TIMER, outbox::LEAVE]))
        .and_where(setting(outbox::Column::Failed).is_null())
        .to_owned()
}

/// Selects the operation that a change depends on, if it is in the lane. A file that is yet to be
/// uploaded does not hold up the lane by a change of its message, and neither does one that waits for
/// such a file. `change` is the table or alias of that change.
fn sending(change: &'static str) -> SelectStatement {
    let sending = |column: outbox::Column| Expr::col(("sending", column));
    Query::select()
        .expr(Expr::val(1))
        .from_as(outbox::Entity, "sending")
        .and_where(sending(outbox::Column::Id).eq(Expr::col((change, outbox::Column::DependsOn))))
        .and_where(sending(outbox::Column::Kind).is_not_in(OUT_OF_LANE))
        .and_where(Expr::not_exists(uploads_before_file("sending")))
        .to_owned()
}

/// Selects the files that are to be uploaded before a message with a file goes: the earlier ones of its
/// chat. So files arrive in their order, also one that WhatsApp has already. The picture of a preview goes
/// within its text, which waits for no file. `message` is the table or alias of the operation of that
/// message.
fn uploads_before_file(message: &'static str) -> SelectStatement {
    let of_message = |column: outbox::Column| Expr::col((message, column));
    let file = media::Column::MessageId.into_simple_expr();
    let has_file = Query::select()
        .expr(Expr::val(1))
        .from(media::Entity)
        .and_where(file.eq(of_message(outbox::Column::MessageId)))
        .and_where(media::Column::State.ne(codec::media_state(MediaState::Refused)))
        .to_owned();
    uploads_before(message)
        .and_where(of_message(outbox::Column::Kind).eq(outbox::SEND))
        .and_where(Expr::exists(has_file))
        .to_owned()
}

/// Selects the files before an operation that are to be uploaded in its chat. `later` is the table or
/// alias of that operation.
pub(super) fn uploads_before(later: &'static str) -> SelectStatement {
    let later = |column: outbox::Column| Expr::col((later, column));
    let first = |column: outbox::Column| Expr::col(("first", column));
    Query::select()
        .expr(Expr::val(1))
        .from_as(outbox::Entity, "first")
        .and_where(first(outbox::Column::ChatId).eq(later(outbox::Column::ChatId)))
        .and_where(first(outbox::Column::Id).lt(later(outbox::Column::Id)))
        .and_where(first(outbox::Column::Kind).eq(outbox::UPLOAD))
        .to_owned()
}
