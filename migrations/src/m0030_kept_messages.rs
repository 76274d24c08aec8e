//! Messages that people keep in a chat whose messages disappear.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0030_kept_messages"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new(KEPT_EXPIRES_AT).big_integer().take();
        manager.alter_table(Table::alter().table("message").add_column(column).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Older versions keep nothing.
        manager.get_connection().execute_unprepared(NOTHING_KEPT).await?;
        manager
            .get_connection()
            .execute_unprepared("DELETE FROM amendment WHERE kind = 'kept'")
            .await?;
        manager
            .alter_table(Table::alter().table("message").drop_column(KEPT_EXPIRES_AT).to_owned())
            .await
    }
}

const KEPT_EXPIRES_AT: &str = "kept_expires_at";

const NOTHING_KEPT: &str =
    "UPDATE message SET expires_at = kept_expires_at WHERE kept_expires_at IS NOT NULL";
