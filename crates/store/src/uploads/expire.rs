//! Uploads that nobody continues.

use std::time::Duration;

use model::{ConnectionId, Delivery, FailReason, MediaState, MessageId};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, Select, sea_query::Expr,
};

use super::delete;
use crate::{
    Error, Store, codec,
    entity::{media, message, upload},
    messages::delivery,
};

/// The most uploads of one transaction. Each is an event for open pages, which have to load again if
/// more events are sent at once than the hub holds.
const ROUND: u64 = 200;

/// The time between two notes of the progress of an upload, in microseconds.
const MINUTE: i64 = 60_000_000;

impl Store {
    /// Stores that bytes of an upload have come, at most once a minute: otherwise it takes no write.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn upload_touched(&self, message: MessageId) -> Result<(), Error> {
        let now = codec::now();
        let is_old = upload::Column::TouchedAt.between(1, now - MINUTE);
        let old = upload::Entity::find_by_id(message.0).filter(is_old.clone());
        if old.one(self.db()).await?.is_none() {
            return Ok(());
        }
        let writing = self.write().await?;
        upload::Entity::update_many()
            .col_expr(upload::Column::TouchedAt, Expr::val(now))
            .filter(upload::Column::MessageId.eq(message.0))
            .filter(is_old)
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }

    /// Ends uploads that nobody has continued for so long, and fails their messages as
    /// [`FailReason::Expired`]. Returns them, also those whose messages have failed before, so that the
    /// caller deletes their incomplete files. This is one round of at most 200; it is empty once there
    /// are no more.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn expire_uploads(
        &self,
        idle: Duration,
    ) -> Result<Vec<(ConnectionId, MessageId)>, Error> {
        let idle = i64::try_from(idle.as_micros()).unwrap_or(i64::MAX);
        // Uploads whose messages have failed have the time 0, and go in any case.
        let oldest = (codec::now() - idle).max(1);
        // Usually nothing has expired, and the write lock is not needed.
        if untouched_since(oldest).one(self.db()).await?.is_none() {
            return Ok(Vec::new());
        }
        let mut writing = self.write().await?;
        let expired = untouched_since(oldest).limit(ROUND).all(&writing.tx).await?;
        for upload in &expired {
            let row = message::head().filter(message::Column::Id.eq(upload.message_id));
            if let Some(row) = row.one(&writing.tx).await? {
                delivery::fail(&mut writing, &row, FailReason::Expired).await?;
            }
            delete(&writing, upload.message_id).await?;
        }
        writing.commit().await?;
        let ids = |row: upload::Model| (ConnectionId(row.connection_id), MessageId(row.message_id));
        Ok(expired.into_iter().map(ids).collect())
    }
}

fn untouched_since(oldest: i64) -> Select<upload::Entity> {
    upload::Entity::find()
        .filter(upload::Column::TouchedAt.lt(oldest))
        .order_by_asc(upload::Column::TouchedAt)
        .order_by_asc(upload::Column::MessageId)
}

/// Fails the messages of a restored backup whose files are incomplete. Neither their bytes nor the rows
/// of their uploads are part of it.
pub(crate) async fn abandon(tx: &DatabaseTransaction) -> Result<(), Error> {
    let uploading = media::Entity::find()
        .select_only()
        .column(media::Column::MessageId)
        .filter(media::Column::State.eq(codec::media_state(MediaState::Uploading)))
        .into_query();
    let failed = Delivery::Failed { reason: FailReason::Expired };
    message::Entity::update_many()
        .col_expr(message::Column::Delivery, Expr::val(codec::delivery(failed)))
        .filter(message::Column::Id.in_subquery(uploading))
        .filter(message::Column::Delivery.eq(codec::delivery(Delivery::Queued)))
        .exec(tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sea_orm::DatabaseBackend;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn an_index_leads_to_the_uploads_that_nobody_continues() {
        let (store, _folder) = testing::store().await;
        let old = untouched_since(1).build(DatabaseBackend::Sqlite);
        let plan = testing::plan(&store, &old).await;
        assert!(plan.iter().any(|step| step.contains("(touched_at<?)")), "{plan:#?}");
    }
}
