//! The uptime of a number.
//!
//! An interval has the time from which, and the time until which the number is *known* to have been
//! connected. While the number is connected, [`Store::still_up`] moves the end of the interval
//! along; [`Ingest::down`] sets it for good. A kill needs no repair: the interval ends at most one
//! [`HEARTBEAT`] before the connection did, and never after it.

use std::time::Duration;

use model::ConnectionId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    UpdateMany, sea_query::Expr,
};

use super::Ingest;
use crate::{Error, Store, codec, entity::connection_up};

/// The interval between calls of [`Store::still_up`].
pub const HEARTBEAT: Duration = Duration::from_secs(60);

const DAY: i64 = 24 * 60 * 60 * 1_000_000;
/// Intervals are deleted after this time, in microseconds.
const KEEP_UPTIME: i64 = 31 * DAY;

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

/// Deletes old intervals.
pub(crate) async fn prune(tx: &DatabaseTransaction) -> Result<(), Error> {
    connection_up::Entity::delete_many()
        .filter(connection_up::Column::SeenAt.lt(codec::now() - KEEP_UPTIME))
        .exec(tx)
        .await?;
    Ok(())
}
