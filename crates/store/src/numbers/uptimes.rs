//! The uptime of every number, from the intervals that [`crate::ingest`] records.

use std::collections::HashMap;

use model::{ConnectionId, Uptime};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};

use crate::{
    Error, codec,
    entity::{connection, connection_up},
};

const DAY: i64 = 24 * 60 * 60 * 1_000_000;
const MONTH: i64 = 30 * DAY;
/// An open interval whose end is no older than this, in microseconds, counts until now.
const FRESH: i64 = 70 * 1_000_000;

/// Returns the uptime of every number over the last day and the last 30 days.
pub(super) async fn all(
    db: &impl ConnectionTrait,
) -> Result<HashMap<ConnectionId, (Uptime, Uptime)>, Error> {
    let now = codec::now();
    let created: Vec<(i64, i64)> = connection::Entity::find()
        .select_only()
        .columns([connection::Column::Id, connection::Column::CreatedAt])
        .into_tuple()
        .all(db)
        .await?;
    let intervals: Vec<(i64, i64, i64, bool)> = connection_up::Entity::find()
        .select_only()
        .columns([
            connection_up::Column::ConnectionId,
            connection_up::Column::UpAt,
            connection_up::Column::SeenAt,
            connection_up::Column::Open,
        ])
        .filter(connection_up::Column::SeenAt.gt(now - MONTH))
        .into_tuple()
        .all(db)
        .await?;
    let mut by_number: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
    for (connection, up_at, seen_at, open) in intervals {
        // The end moves once a minute; without this a number that has just connected would have no
        // uptime.
        let is_up = open && now - seen_at < FRESH;
        by_number.entry(connection).or_default().push((up_at, if is_up { now } else { seen_at }));
    }
    let uptimes = created.into_iter().map(|(id, created_at)| {
        let intervals = by_number.remove(&id).unwrap_or_default();
        let over = |span: i64| within(&intervals, created_at.max(now - span), now);
        (ConnectionId(id), (over(DAY), over(MONTH)))
    });
    Ok(uptimes.collect())
}

/// Returns the part of a span that these intervals cover. All times are in microseconds, and the
/// intervals do not overlap.
fn within(intervals: &[(i64, i64)], from: i64, to: i64) -> Uptime {
    let seconds = |micros: i64| u32::try_from(micros / 1_000_000).unwrap_or(0);
    let up = intervals.iter().map(|&(up, seen)| (seen.min(to) - up.max(from)).max(0)).sum();
    Uptime { up: seconds(up), of: seconds(to - from) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_in_the_span_counts() {
        let s = |seconds: i64| seconds * 1_000_000;
        let intervals =
            [(s(0), s(50)), (s(90), s(120)), (s(150), s(160)), (s(190), s(230)), (s(300), s(400))];
        assert_eq!(within(&intervals, s(100), s(200)), Uptime { up: 40, of: 100 });
        assert_eq!(within(&[(s(0), s(500))], s(100), s(200)), Uptime { up: 100, of: 100 });
        assert_eq!(within(&[], s(100), s(100)), Uptime { up: 0, of: 0 });
    }
}
