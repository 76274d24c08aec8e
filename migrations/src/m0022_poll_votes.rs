//! Votes in polls, as the options that they chose, and messages that go out with their content: places,
//! contacts, polls, and texts with the preview of a link. The rows take all of them as they are; only older
//! versions cannot read or send them.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0022_poll_votes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [
            "DELETE FROM outbox WHERE kind = 'vote'",
            "DELETE FROM amendment WHERE kind = 'voted'",
            &*format!(
                "UPDATE outbox SET failed = 'not_sent' WHERE depends_on IN \
                 (SELECT id FROM outbox WHERE kind = 'send' AND message_id IN ({WAITING}))"
            ),
            &*format!("DELETE FROM outbox WHERE kind = 'send' AND message_id IN ({WAITING})"),
            &*format!("UPDATE message SET delivery = 'failed:cancelled' WHERE id IN ({WAITING})"),
        ] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// Selects the messages that an older version would send as their words alone, or as a file that is not
/// there. A message fails last: it is found by its delivery state.
const WAITING: &str = "SELECT id FROM message WHERE delivery = 'queued' \
     AND (kind IN ('location', 'contact', 'poll') \
     OR (kind = 'text' AND id IN (SELECT message_id FROM media)))";
