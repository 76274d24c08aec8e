//! For how long a number was connected.
//!
//! An interval says from when, and until when the number is *known* to have been connected: while it
//! is, [`Store::still_up`] moves that end along, and [`Ingest::down`] sets it for good. After a kill
//! nothing has to be repaired: the interval ends where it was last moved to, at most one
//! [`HEARTBEAT`] before the truth and never after it.

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

/// How often [`Store::still_up`] is to be called.
pub const HEARTBEAT: Duration = Duration::from_secs(60);

const DAY: i64 = 24 * 60 * 60 * 1_000_000;
const MONTH: i64 = 30 * DAY;
/// An open interval that was moved along this lately is still open.
const FRESH: i64 = 70 * 1_000_000;
/// For how long intervals are kept.
pub(crate) const KEEP_UPTIME: i64 = 31 * DAY;

impl Ingest {
    /// The number is connected from now on. An interval that a kill left open ends where it was last
    /// seen.
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

    /// The number was connected until now. Without [`Self::up`] before, nothing.
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
    /// These numbers are still connected; to be called every [`HEARTBEAT`] with all that are. Those
    /// for which nobody called [`Ingest::up`] are ignored.
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

/// The uptime of every number over the last day and the last 30 days.
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
        // Moved along once a minute, which is not to be seen in a number that has just connected.
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

/// The part of a span, in microseconds, that these intervals cover. They do not overlap.
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
