//! The ledger of the times in which a number was away.

use std::collections::HashSet;

use model::ChatId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::Ingest;
use crate::{
    Error,
    access::is_private,
    codec,
    entity::{chat, connection_up, gap},
};

impl Ingest {
    /// WhatsApp has handed over everything that waited while the number was away: a message in each
    /// of these conversations, which may be named more than once. It was away since it was last known
    /// to be connected; where that is not known, since now. Not to be called for a device's first
    /// login, which has missed nothing.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn caught_up(&self, recovered: &[ChatId]) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let last = connection_up::Entity::find()
            .filter(connection_up::Column::ConnectionId.eq(self.connection.0))
            .order_by_desc(connection_up::Column::Id)
            .one(&writing.tx)
            .await?;
        let private: Vec<i64> = chat::Entity::find()
            .filter(
                chat::Column::Id.is_in(recovered.iter().map(|chat| chat.0).collect::<HashSet<_>>()),
            )
            .filter(is_private())
            .select_only()
            .column(chat::Column::Id)
            .into_tuple()
            .all(&writing.tx)
            .await?;
        let private = recovered.iter().filter(|chat| private.contains(&chat.0)).count();
        let count = |messages: usize| i64::try_from(messages).unwrap_or(i64::MAX);
        let now = codec::now();
        let row = gap::ActiveModel {
            connection_id: Set(self.connection.0),
            from_at: Set(last.map_or(now, |last| last.seen_at)),
            to_at: Set(now),
            recovered: Set(count(recovered.len() - private)),
            recovered_private: Set(count(private)),
            ..Default::default()
        };
        gap::Entity::insert(row).exec_without_returning(&writing.tx).await?;
        writing.access_changed(self.connection);
        writing.commit().await
    }
}
