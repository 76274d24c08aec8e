//! Replays the events that a page has missed.

use model::Sequenced;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::change::{Change, Values};
use crate::{Error, Viewer, entity::live_event};

/// The events after a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// The events in order. If there are as many as the limit, there may be more. Their values are
    /// the current ones, not those of the time of the event.
    Events(Vec<Sequenced>),
    /// Some of the missed events are deleted, or the number is not from this database. The page has
    /// to load again.
    TooOld,
}

impl Viewer {
    /// Returns the events after `after_seq` in chats that this user may read now.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn replay(&self, after_seq: i64, limit: u64) -> Result<Replay, Error> {
        let db = self.store().db();
        let (first, last) = kept(db).await?;
        if after_seq > last || first.is_some_and(|first| first > after_seq + 1) {
            return Ok(Replay::TooOld);
        }
        let rows = live_event::Entity::find()
            .filter(live_event::Column::Seq.gt(after_seq))
            .filter(self.scope().sees_chat(live_event::Column::ChatId))
            .order_by_asc(live_event::Column::Seq)
            .limit(limit)
            .all(db)
            .await?;
        let changes = rows.iter().map(Change::of).collect::<Result<Vec<_>, _>>()?;
        let values = Values::load(db, changes.iter().copied()).await?;
        let events = rows.iter().zip(changes).filter_map(|(row, change)| {
            Some(Sequenced { seq: Some(row.seq), event: values.event(change)? })
        });
        Ok(Replay::Events(events.collect()))
    }

    /// Returns the number of the newest event. A page that loads now contains it already.
    ///
    /// The caller reads this before the rows of the page. An event in between is then received
    /// twice, which does no harm; in the other order it would be missed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn last_seq(&self) -> Result<i64, Error> {
        Ok(kept(self.store().db()).await?.1)
    }
}

/// Returns the first and the last number in the table; `(None, 0)` before the first event.
async fn kept(db: &sea_orm::DatabaseConnection) -> Result<(Option<i64>, i64), Error> {
    let bounds: Option<(Option<i64>, Option<i64>)> = live_event::Entity::find()
        .select_only()
        .column_as(live_event::Column::Seq.min(), "first")
        .column_as(live_event::Column::Seq.max(), "last")
        .into_tuple()
        .one(db)
        .await?;
    let (first, last) = bounds.unwrap_or_default();
    Ok((first, last.unwrap_or(0)))
}
