//! Deletes old events.

use std::time::Duration;

use sea_orm::{
    ColumnTrait as _, Condition, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    QuerySelect as _,
};

use crate::{Error, codec, entity::live_event};

/// The most events that are kept.
pub const KEEP_EVENTS: i64 = 20_000;
/// The longest time for which events are kept. A page that was offline for longer loads again.
pub const KEEP_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// Deletes old events. The newest one is kept: a replay compares its number with that of the page.
pub(crate) async fn prune(tx: &DatabaseTransaction) -> Result<u64, Error> {
    let newest: Option<Option<i64>> = live_event::Entity::find()
        .select_only()
        .column_as(live_event::Column::Seq.max(), "newest")
        .into_tuple()
        .one(tx)
        .await?;
    let Some(newest) = newest.flatten() else { return Ok(0) };
    let oldest = codec::now() - i64::try_from(KEEP_FOR.as_micros()).unwrap_or(i64::MAX);
    let gone = live_event::Entity::delete_many()
        .filter(live_event::Column::Seq.lt(newest))
        .filter(
            Condition::any()
                .add(live_event::Column::Seq.lte(newest - KEEP_EVENTS))
                .add(live_event::Column::CreatedAt.lt(oldest)),
        )
        .exec(tx)
        .await?;
    Ok(gone.rows_affected)
}
