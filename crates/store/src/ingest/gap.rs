//! The ledger of the times in which a number was away.

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
    entity::{chat, connection_up, gap},
    write::Writing,
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
        let (open, private) = counts(&writing, recovered).await?;
        let now = codec::now();
        let row = gap::ActiveModel {
            connection_id: Set(self.connection.0),
            from_at: Set(last.map_or(now, |last| last.seen_at)),
            to_at: Set(now),
            recovered: Set(open),
            recovered_private: Set(private),
            ..Default::default()
        };
        gap::Entity::insert(row).exec_without_returning(&writing.tx).await?;
        writing.access_changed(self.connection);
        writing.commit().await
    }

    /// The same, of messages that were stored a moment after WhatsApp said so: they are added to the
    /// newest gap.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn recovered_late(&self, recovered: &[ChatId]) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let newest = gap::Entity::find()
            .filter(gap::Column::ConnectionId.eq(self.connection.0))
            .order_by_desc(gap::Column::Id)
            .one(&writing.tx)
            .await?;
        let Some(newest) = newest else { return Ok(()) };
        let (open, private) = counts(&writing, recovered).await?;
        let private = newest.recovered_private.saturating_add(private);
        gap::Entity::update_many()
            .col_expr(gap::Column::Recovered, Expr::val(newest.recovered.saturating_add(open)))
            .col_expr(gap::Column::RecoveredPrivate, Expr::val(private))
            .filter(gap::Column::Id.eq(newest.id))
            .exec(&writing.tx)
            .await?;
        writing.access_changed(self.connection);
        writing.commit().await
    }
}

/// How many of these were said in conversations that are open, and in private ones.
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
