//! Files that were here before their lengths were written down. The lengths that their senders stated may
//! be lies, so each is looked at on the disk; until then it counts for nothing and never goes.

use model::{ConnectionId, MediaState, MessageId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::Expr,
};

use crate::{Error, Store, codec, entity::media};

impl Store {
    /// Returns files of all numbers whose lengths are not known.
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

    /// Notes how many bytes they take.
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
