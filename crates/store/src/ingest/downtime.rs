//! Downtime records: the times in which a number was not connected.

use std::collections::HashSet;

use model::{ChatId, ConnectionId};
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
    /// Opens the record of a downtime, which nobody sees until [`Self::caught_up`]. From then on
    /// [`Self::messages`] counts in it the messages that were queued at WhatsApp. A record that is
    /// open already stays, as after a crash.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn open_downtime(&self) -> Result<(), Error> {
        let writing = self.store.write().await?;
        if newest(&writing, self.connection).await?.is_some_and(|newest| newest.is_open()) {
            return Ok(());
        }
        insert(&writing, self.connection, downtime::OPEN).await?;
        writing.commit().await
    }

    /// Closes the record of the downtime that ends now, with WhatsApp's report that all messages of
    /// that time are delivered. Messages that are stored a moment later still count in it.
    ///
    /// The downtime began when the number was last known to be connected, or now if that is not
    /// known. The first login of a device has no downtime and must not call this.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn caught_up(&self) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        match newest(&writing, self.connection).await?.is_some_and(|newest| newest.is_open()) {
            true => close(&writing, self.connection).await?,
            false => insert(&writing, self.connection, codec::now()).await?,
        }
        writing.access_changed(self.connection);
        writing.commit().await
    }
}

/// Closes the record that is open, if there is one. After an unlink the next absence must not count in
/// it, although WhatsApp has not delivered everything.
pub(super) async fn close(writing: &Writing, connection: ConnectionId) -> Result<(), Error> {
    downtime::Entity::update_many()
        .col_expr(downtime::Column::ToAt, Expr::val(codec::now()))
        .filter(downtime::Column::ConnectionId.eq(connection.0))
        .filter(downtime::Column::ToAt.eq(downtime::OPEN))
        .exec(&writing.tx)
        .await?;
    Ok(())
}

/// Counts messages that were queued at WhatsApp in the newest downtime. `recovered` holds the chat
/// of each of them, so a chat may be in it more than once.
pub(super) async fn count(
    writing: &mut Writing,
    connection: ConnectionId,
    recovered: &[ChatId],
) -> Result<(), Error> {
    if recovered.is_empty() {
        return Ok(());
    }
    let Some(newest) = newest(writing, connection).await? else { return Ok(()) };
    let (open, private) = counts(writing, recovered).await?;
    let private = newest.recovered_private.saturating_add(private);
    downtime::Entity::update_many()
        .col_expr(downtime::Column::Recovered, Expr::val(newest.recovered.saturating_add(open)))
        .col_expr(downtime::Column::RecoveredPrivate, Expr::val(private))
        .filter(downtime::Column::Id.eq(newest.id))
        .exec(&writing.tx)
        .await?;
    if !newest.is_open() {
        writing.access_changed(connection);
    }
    Ok(())
}

async fn newest(
    writing: &Writing,
    connection: ConnectionId,
) -> Result<Option<downtime::Model>, Error> {
    let newest = downtime::Entity::find()
        .filter(downtime::Column::ConnectionId.eq(connection.0))
        .order_by_desc(downtime::Column::Id)
        .one(&writing.tx)
        .await?;
    Ok(newest)
}

async fn insert(writing: &Writing, connection: ConnectionId, to: i64) -> Result<(), Error> {
    let from = began_at(writing, connection).await?;
    let row = downtime::ActiveModel {
        connection_id: Set(connection.0),
        from_at: Set(from.unwrap_or_else(codec::now)),
        to_at: Set(to),
        recovered: Set(0),
        recovered_private: Set(0),
        ..Default::default()
    };
    downtime::Entity::insert(row).exec_without_returning(&writing.tx).await?;
    Ok(())
}

/// Returns the time at which a number was last known to be connected.
async fn began_at(writing: &Writing, connection: ConnectionId) -> Result<Option<i64>, Error> {
    let last = connection_up::Entity::find()
        .filter(connection_up::Column::ConnectionId.eq(connection.0))
        .order_by_desc(connection_up::Column::Id)
        .one(&writing.tx)
        .await?;
    Ok(last.map(|last| last.seen_at))
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
