//! Downtime records: the times in which a number was not connected.

use std::collections::HashSet;

use model::ChatId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, sea_query::Expr,
};

use super::Ingest;
use crate::{
    Error,
    access::is_private,
    codec,
    entity::{chat, connection_up, downtime},
    write::Writing,
};

impl Ingest {
    /// Records the downtime that ends now, with WhatsApp's report that all messages of that time
    /// are delivered. `recovered` holds the chat of each of these messages, so a chat may be in it
    /// more than once.
    ///
    /// The downtime began when the number was last known to be connected, or now if that is not
    /// known. The first login of a device has no downtime and must not call this.
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
        let (open, private) = counts(&writing, recovered).await?;
        let now = codec::now();
        let row = downtime::ActiveModel {
            connection_id: Set(self.connection.0),
            from_at: Set(last.map_or(now, |last| last.seen_at)),
            to_at: Set(now),
            recovered: Set(open),
            recovered_private: Set(private),
            ..Default::default()
        };
        downtime::Entity::insert(row).exec_without_returning(&writing.tx).await?;
        writing.access_changed(self.connection);
        writing.commit().await
    }

    /// Adds messages to the newest downtime that were stored a moment after WhatsApp's report.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn recovered_late(&self, recovered: &[ChatId]) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let newest = downtime::Entity::find()
            .filter(downtime::Column::ConnectionId.eq(self.connection.0))
            .order_by_desc(downtime::Column::Id)
            .one(&writing.tx)
            .await?;
        let Some(newest) = newest else { return Ok(()) };
        let (open, private) = counts(&writing, recovered).await?;
        let private = newest.recovered_private.saturating_add(private);
        downtime::Entity::update_many()
            .col_expr(downtime::Column::Recovered, Expr::val(newest.recovered.saturating_add(open)))
            .col_expr(downtime::Column::RecoveredPrivate, Expr::val(private))
            .filter(downtime::Column::Id.eq(newest.id))
            .exec(&writing.tx)
            .await?;
        writing.access_changed(self.connection);
        writing.commit().await
    }
}

/// Counts the messages in chats that are not private, and in private ones.
async fn counts(writing: &Writing, recovered: &[ChatId]) -> Result<(i64, i64), Error> {
    let private: Vec<i64> = chat::Entity::find()
        .filter(chat::Column::Id.is_in(recovered.iter().map(|chat| chat.0).collect::<HashSet<_>>()))
        .filter(is_private())
        .select_only()
        .column(chat::Column::Id)
        .into_tuple()
        .all(&writing.tx)
        .await?;
    let private = recovered.iter().filter(|chat| private.contains(&chat.0)).count();
    let count = |messages: usize| i64::try_from(messages).unwrap_or(i64::MAX);
    Ok((count(recovered.len() - private), count(private)))
}
