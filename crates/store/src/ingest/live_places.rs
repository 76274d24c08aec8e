//! Places that are shared for a time. WhatsApp sends each further position as a message of its own, with a
//! higher number, and the last place as another one. They move the card of the first, and get none of their
//! own, so that a journey does not fill the conversation.
//!
//! Nothing is lost by this rule: a position that is no later one of the last place that its sender shared in
//! the chat begins another card. If the process is killed before such a position is confirmed to WhatsApp,
//! its copy may stand as a placeholder ([`super::missing`]), and gets a card of its own.

use model::{
    ChatId, MessageContent, MessageId,
    content::{Place, Report},
};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, sea_query::Expr,
};

use super::Inbound;
use crate::{Error, codec, entity::message, live::Change, messages::content, write::Writing};

/// The longest time for which WhatsApp's apps share a place, 8 hours, in microseconds.
const LONGEST: i64 = 8 * 60 * 60 * 1_000_000;

/// A counted position follows the one before with fewer lost ones than this. Numbers by the clock, in
/// milliseconds or microseconds, are further apart.
const COUNTED: i64 = 500;

/// The effect of a position of a place.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It is the first of a place.
    Begins,
    /// It moved the card of its place.
    Moved,
    /// Its place is shown at a later position already.
    Late,
}

/// Moves the card of the place that a message is a further position of. `sender` wrote it in the chat.
pub(super) async fn apply(
    writing: &mut Writing,
    chat: ChatId,
    sender: i64,
    inbound: &Inbound,
) -> Result<Effect, Error> {
    let Some((new, report)) = position(inbound.content.as_ref()) else { return Ok(Effect::Begins) };
    let at = codec::micros(inbound.timestamp);
    let Some(card) = last(&writing.tx, chat, sender, at).await? else { return Ok(Effect::Begins) };
    let Some((old, known)) = position(card.content.as_ref()) else { return Ok(Effect::Begins) };
    let effect = compare((known, card.moved_at.max(known.at)), (report, at));
    if effect != Effect::Moved {
        return Ok(effect);
    }
    let report = Report { at, ..report };
    // The last place has no caption of its own.
    let name = if new.name.is_empty() { old.name.clone() } else { new.name.clone() };
    let place = Place { name, report: Some(report), ..new.clone() };
    let place = match report.ended {
        true => MessageContent::Location(place),
        false => MessageContent::LiveLocation(place),
    };
    message::Entity::update_many()
        .col_expr(message::Column::Kind, Expr::val(place.kind().as_str()))
        .col_expr(message::Column::Text, Expr::val(codec::storable(&place.words())))
        .col_expr(message::Column::Content, Expr::val(content::column(Some(&place))))
        .filter(message::Column::Id.eq(card.id))
        .exec(&writing.tx)
        .await?;
    writing.announce(card.connection, Change::Message(chat, MessageId(card.id)));
    Ok(Effect::Moved)
}

/// Returns the place of a content that is shared for a time, or was.
fn position(content: Option<&MessageContent>) -> Option<(&Place, Report)> {
    match content? {
        MessageContent::LiveLocation(place) | MessageContent::Location(place) => {
            Some((place, place.report?))
        }
        _ => None,
    }
}

/// Decides by the reports of a card and of a message, each with its time.
///
/// Some phones count positions, and others number them by the clock. With the latter, only the time since the
/// start tells the second position of a place from the first of another.
fn compare((known, moved_at): (Report, i64), (new, at): (Report, i64)) -> Effect {
    let step = new.sequence.saturating_sub(known.sequence);
    let is_counted = (1..COUNTED).contains(&step);
    let is_timed = new.elapsed > 0 && (step > 0 || (step == 0 && at > moved_at));
    let is_later = new.ended || is_counted || is_timed;
    match (known.ended, is_later) {
        (false, true) if !new.ended || at >= moved_at => Effect::Moved,
        // The numbers begin again with another place.
        _ if at > moved_at => Effect::Begins,
        // Of two places in one second, the number tells which one is later.
        (false, _) if at == moved_at && step > 0 => Effect::Begins,
        _ => Effect::Late,
    }
}

/// The card of a place that was shared for a time.
struct Card {
    id: i64,
    connection: model::ConnectionId,
    content: Option<MessageContent>,
    /// The time of its message, in microseconds.
    moved_at: i64,
}

/// Returns the last place that a sender shared for a time in a chat.
async fn last(
    tx: &DatabaseTransaction,
    chat: ChatId,
    sender: i64,
    at: i64,
) -> Result<Option<Card>, Error> {
    let row: Option<(i64, i64, Option<String>, i64)> = message::Entity::find()
        .filter(message::Column::ChatId.eq(chat.0))
        .filter(message::Column::SenderId.eq(sender))
        .filter(message::Column::Kind.is_in(KINDS))
        .filter(message::Column::Content.contains("\"report\":"))
        .filter(message::Column::Position.gte(at.saturating_sub(LONGEST)))
        .order_by_desc(message::Column::Position)
        .select_only()
        .columns([
            message::Column::Id,
            message::Column::ConnectionId,
            message::Column::Content,
            message::Column::SentAt,
        ])
        .into_tuple()
        .one(tx)
        .await?;
    Ok(row.map(|(id, connection, column, moved_at)| Card {
        id,
        connection: model::ConnectionId(connection),
        content: content::read(column.as_deref()),
        moved_at,
    }))
}

/// The kinds of such a card, before and after its end.
const KINDS: [&str; 2] = ["live_location", "location"];

#[cfg(test)]
mod tests {
    use model::MessageKind;

    use super::*;

    fn report(sequence: i64) -> Report {
        Report { sequence, ..Report::default() }
    }

    fn end() -> Report {
        Report { ended: true, ..report(0) }
    }

    #[test]
    fn the_kinds_are_those_of_the_column() {
        let kinds = [MessageKind::LiveLocation, MessageKind::Location].map(|kind| kind.as_str());
        assert_eq!(kinds, KINDS);
    }

    #[test]
    fn later_positions_move_a_place_and_late_ones_do_not() {
        for (known, new, at, effect) in [
            (report(1), report(2), 11, Effect::Moved),
            // Two of one second.
            (report(1), report(2), 10, Effect::Moved),
            (report(2), report(1), 10, Effect::Late),
            (report(2), report(2), 10, Effect::Late),
            // A phone that does not count, and another place.
            (report(0), report(0), 11, Effect::Begins),
            (report(0), Report { elapsed: 9, ..report(0) }, 11, Effect::Moved),
            // Phones that number by the clock.
            (report(1_000_000), report(9_000_000), 11, Effect::Begins),
            (report(1_000_000), report(9_000_000), 10, Effect::Begins),
            (report(9_000_000), report(1_000_000), 10, Effect::Late),
            (report(1_000_000), Report { elapsed: 9, ..report(9_000_000) }, 11, Effect::Moved),
            (report(5), report(1), 11, Effect::Begins),
            (report(5), end(), 11, Effect::Moved),
            (report(5), end(), 9, Effect::Late),
            (end(), report(9), 9, Effect::Late),
            (end(), report(1), 11, Effect::Begins),
            (end(), end(), 10, Effect::Late),
        ] {
            assert_eq!(compare((known, 10), (new, at)), effect, "{known:?} {new:?} {at}");
        }
    }
}
