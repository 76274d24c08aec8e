//! Files that are sent to be viewed once.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0024_view_once"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new(VIEW_ONCE).boolean().not_null().default(false).take();
        manager.alter_table(Table::alter().table("media").add_column(column).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in FAIL_FILES {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        manager.alter_table(Table::alter().table("media").drop_column(VIEW_ONCE).to_owned()).await
    }
}

/// True for a file that its recipient may open once.
const VIEW_ONCE: &str = "view_once";

/// Older versions would send these files as any others, so those that wait are not sent. A change of
/// such a message fails with it; the operation is deleted last, since the change is not free to go then.
const FAIL_FILES: [&str; 4] = [
    "UPDATE outbox SET failed = 'not_sent' WHERE depends_on IN (SELECT o.id FROM outbox o \
     JOIN media m ON m.message_id = o.message_id WHERE m.view_once AND o.kind IN ('send', 'upload'))",
    "UPDATE message SET delivery = 'failed:cancelled' WHERE delivery = 'queued' \
     AND id IN (SELECT message_id FROM media WHERE view_once)",
    "UPDATE media SET state = 'uploading' \
     WHERE view_once AND state = 'stored'",
    "DELETE FROM outbox WHERE kind IN ('send', 'upload') \
     AND message_id IN (SELECT message_id FROM media WHERE view_once)",
];
