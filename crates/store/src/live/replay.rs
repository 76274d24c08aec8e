//! What a page missed.

use model::Sequenced;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::change::{Change, Values};
use crate::{Error, Viewer, entity::live_event};

/// The answer to "what came after this number?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// In order; as many as were asked for mean that there may be more. Values are today's, not
    /// those of the time of the event.
    Events(Vec<Sequenced>),
    /// More was missed than is kept, or the number is not from this database: load the page again.
    TooOld,
}

impl Viewer {
    /// The events after `after_seq` in conversations that this user may read now.
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

    /// The number of the newest event: what a page that loads now has already got.
    ///
    /// Ask before reading the page's rows. An event that falls in between is then told again, which
    /// does no harm; the other way round it would be missed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn last_seq(&self) -> Result<i64, Error> {
        Ok(kept(self.store().db()).await?.1)
    }
}

/// The first and the last number in the table; `(None, 0)` before the first event.
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
