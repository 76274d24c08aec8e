//! Deletes old events, uptime intervals and empty drafts.

use std::time::Duration;

use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _};

use crate::{
    Error, Store, codec,
    entity::{connection_up, live_event},
    inbox,
    ingest::uptime,
    write::Writing,
};

/// The most events that are kept.
pub const KEEP_EVENTS: i64 = 20_000;
/// The longest time for which events are kept. A page that was offline for longer loads again.
pub const KEEP_FOR: Duration = Duration::from_secs(24 * 60 * 60);

impl Store {
    /// Deletes events beyond [`KEEP_EVENTS`] and [`KEEP_FOR`], uptime intervals older than 31 days,
    /// and empty drafts. A call per hour is enough. Returns the count of deleted events.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn prune(&self) -> Result<u64, Error> {
        let writing = self.write().await?;
        let gone = events(&writing).await?;
        connection_up::Entity::delete_many()
            .filter(connection_up::Column::SeenAt.lt(codec::now() - uptime::KEEP_UPTIME))
            .exec(&writing.tx)
            .await?;
        inbox::prune_drafts(&writing.tx).await?;
        writing.commit().await?;
        Ok(gone)
    }
}

/// Deletes old events. The newest one is kept: a replay compares its number with that of the page.
async fn events(writing: &Writing) -> Result<u64, Error> {
    let newest: Option<Option<i64>> = live_event::Entity::find()
        .select_only()
        .column_as(live_event::Column::Seq.max(), "newest")
        .into_tuple()
        .one(&writing.tx)
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
        .exec(&writing.tx)
        .await?;
    Ok(gone.rows_affected)
}

#[cfg(test)]
mod tests {
    use model::Role;
    use sea_orm::sea_query::Expr;

    use super::*;
    use crate::{Inbound, NewUser, Peer, Replay};

    /// The public interface cannot age events, so this test changes their times in the table.
    #[tokio::test]
    async fn old_events_go_and_those_who_miss_them_load_again() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/inbox.db", folder.path().display());
        let store = Store::open(&url).await.unwrap();
        let new = NewUser {
            name: "Ana".into(),
            email: "ana@example.com".into(),
            password: "correct horse".into(),
            role: Role::Atendente,
        };
        let user = store.operator().create(new).await.unwrap();
        let viewer = store.viewer(user.id).await.unwrap();
        let number = viewer.own_connection().await.unwrap();
        assert_eq!(store.prune().await.unwrap(), 0);
        let batch: Vec<_> = (0..5)
            .map(|n| Inbound {
                peer: Peer::pn("1"),
                group: None,
                from_me: false,
                sender: None,
                wa_id: format!("3EB0000{n}"),
                kind: model::MessageKind::Text,
                text: String::new(),
                timestamp: codec::time(0),
                push_name: None,
                offline: false,
                raw_message: None,
                media: None,
                amends: None,
            })
            .collect();
        store.ingest(number).messages(&batch).await.unwrap();
        assert_eq!(store.prune().await.unwrap(), 0, "all of today");

        live_event::Entity::update_many()
            .col_expr(live_event::Column::CreatedAt, Expr::val(0_i64))
            .exec(store.db())
            .await
            .unwrap();
        let newest = viewer.last_seq().await.unwrap();
        assert_eq!(store.prune().await.unwrap(), 4, "the newest stays");
        assert_eq!(viewer.last_seq().await.unwrap(), newest);
        assert_eq!(viewer.replay(0, 10).await.unwrap(), Replay::TooOld);
        assert_eq!(viewer.replay(newest, 10).await.unwrap(), Replay::Events(Vec::new()));
    }
}
