//! The uptime of a number.
//!
//! An interval has the time from which, and the time until which the number is *known* to have been
//! connected. While the number is connected, [`Store::still_up`] moves the end of the interval
//! along; [`Ingest::down`] sets it for good. A kill needs no repair: the interval ends at most one
//! [`HEARTBEAT`] before the connection did, and never after it.

use std::{collections::HashMap, time::Duration};

use model::{ConnectionId, Uptime};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, UpdateMany, sea_query::Expr,
};

use super::Ingest;
use crate::{
    Error, Store, codec,
    entity::{connection, connection_up},
};

/// The interval between calls of [`Store::still_up`].
pub const HEARTBEAT: Duration = Duration::from_secs(60);

const DAY: i64 = 24 * 60 * 60 * 1_000_000;
const MONTH: i64 = 30 * DAY;
/// An open interval whose end is no older than this, in microseconds, counts until now.
const FRESH: i64 = 70 * 1_000_000;
/// Intervals are deleted after this time, in microseconds.
pub(crate) const KEEP_UPTIME: i64 = 31 * DAY;

impl Ingest {
    /// Starts an interval: the number is connected from now on. An interval that a kill left open
    /// ends at its last heartbeat.
    ///
    /// # Errors
    /// [`Error::Database`]; the number may be gone.
    pub async fn up(&self) -> Result<(), Error> {
        let writing = self.store.write().await?;
        self.open_interval()
            .col_expr(connection_up::Column::Open, Expr::val(false))
            .exec(&writing.tx)
            .await?;
        let now = codec::now();
        let row = connection_up::ActiveModel {
            connection_id: Set(self.connection.0),
            up_at: Set(now),
            seen_at: Set(now),
            open: Set(true),
            ..Default::default()
        };
        connection_up::Entity::insert(row).exec_without_returning(&writing.tx).await?;
        writing.commit().await
    }

    /// Ends the interval: the number was connected until now. Without [`Self::up`] before, it does
    /// nothing.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn down(&self) -> Result<(), Error> {
        let writing = self.store.write().await?;
        self.open_interval()
            .col_expr(connection_up::Column::SeenAt, Expr::val(codec::now()))
            .col_expr(connection_up::Column::Open, Expr::val(false))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }

    fn open_interval(&self) -> UpdateMany<connection_up::Entity> {
        connection_up::Entity::update_many()
            .filter(connection_up::Column::ConnectionId.eq(self.connection.0))
            .filter(connection_up::Column::Open.eq(true))
    }
}

impl Store {
    /// Extends the intervals of these numbers until now. It is called every [`HEARTBEAT`] with all
    /// connected numbers; numbers without a call of [`Ingest::up`] are ignored.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn still_up(&self, connections: &[ConnectionId]) -> Result<(), Error> {
        let writing = self.write().await?;
        // SQLite binds 32,766 values at most.
        for some in connections.chunks(10_000) {
            connection_up::Entity::update_many()
                .col_expr(connection_up::Column::SeenAt, Expr::val(codec::now()))
                .filter(connection_up::Column::ConnectionId.is_in(some.iter().map(|id| id.0)))
                .filter(connection_up::Column::Open.eq(true))
                .exec(&writing.tx)
                .await?;
        }
        writing.commit().await
    }
}

/// Returns the uptime of every number over the last day and the last 30 days.
pub(crate) async fn all(
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
