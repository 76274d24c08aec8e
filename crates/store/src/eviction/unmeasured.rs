//! Files that were stored by a version that did not store their lengths. The lengths that their
//! senders stated may be false, so each file is measured on the disk. Until then it does not count
//! and is never evicted.

use model::{ConnectionId, MediaState, MessageId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::Expr,
};

use crate::{Error, Store, codec, entity::media};

impl Store {
    /// Returns files of all numbers whose lengths are unknown.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unmeasured_media(
        &self,
        limit: u64,
    ) -> Result<Vec<(ConnectionId, MessageId)>, Error> {
        let rows: Vec<(i64, i64)> = media::Entity::find()
            .filter(Expr::cust("\"media\".\"state\" = 'stored'"))
            .filter(media::Column::StoredBytes.is_null())
            .select_only()
            .column(media::Column::ConnectionId)
            .column(media::Column::MessageId)
            .order_by_asc(media::Column::ConnectionId)
            .limit(limit)
            .into_tuple()
            .all(self.db())
            .await?;
        let file = |(number, message)| (ConnectionId(number), MessageId(message));
        Ok(rows.into_iter().map(file).collect())
    }

    /// Stores the lengths of these files, in bytes.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn media_measured(&self, files: &[(MessageId, u64)]) -> Result<(), Error> {
        let writing = self.write().await?;
        for (message, bytes) in files {
            let bytes = i64::try_from(*bytes).unwrap_or(i64::MAX);
            media::Entity::update_many()
                .col_expr(media::Column::StoredBytes, Expr::val(bytes))
                .filter(media::Column::MessageId.eq(message.0))
                .filter(media::Column::State.eq(codec::media_state(MediaState::Stored)))
                .filter(media::Column::StoredBytes.is_null())
                .exec(&writing.tx)
                .await?;
        }
        writing.commit().await
    }
}
