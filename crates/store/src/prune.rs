//! Deletes old events, uptime intervals, empty drafts and receipts.

use crate::{
    Error, Store,
    chats::draft_rows,
    ingest::uptime,
    live,
    messages::{group_receipts, reads},
};

impl Store {
    /// Deletes events beyond [`live::KEEP_EVENTS`] and [`live::KEEP_FOR`], uptime intervals older
    /// than 31 days, empty drafts, receipts that could not be sent for 30 days, and those of the members
    /// of groups for messages of 90 days ago. A call per hour is enough. Returns the count of deleted events.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn prune(&self) -> Result<u64, Error> {
        let writing = self.write().await?;
        let gone = live::prune(&writing.tx).await?;
        uptime::prune(&writing.tx).await?;
        draft_rows::prune(&writing.tx).await?;
        reads::prune(&writing.tx).await?;
        writing.commit().await?;
        loop {
            let writing = self.write().await?;
            let may_be_more = group_receipts::prune(&writing.tx).await?;
            writing.commit().await?;
            if !may_be_more {
                return Ok(gone);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{EntityTrait as _, sea_query::Expr};

    use crate::{Replay, entity::live_event, fixtures, testing};

    /// The public interface cannot age events, so this test changes their times in the table.
    #[tokio::test]
    async fn old_events_go_and_those_who_miss_them_load_again() {
        let (store, _folder) = testing::store().await;
        let viewer = testing::viewer(&store).await;
        let number = viewer.own_connection().await.unwrap();
        assert_eq!(store.prune().await.unwrap(), 0);
        let batch: Vec<_> = (0..5)
            .map(|n| fixtures::inbound(&fixtures::customer(), format!("3EB0000{n}")))
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
