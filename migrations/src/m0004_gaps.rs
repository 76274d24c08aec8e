//! The outcome of downtimes, and the time since which a message waits to be sent.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::{belongs_to, id, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0004_gaps"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // NULL for messages that wait already, which never expire.
        let queued_at = ColumnDef::new("queued_at").big_integer().take();
        let outbox = Table::alter().table("outbox").add_column(queued_at).to_owned();
        manager.alter_table(outbox).await?;
        manager.create_index(index("outbox", &["queued_at"])).await?;
        manager.create_table(gap()).await?;
        manager.create_index(index("gap", &["connection_id", "id"])).await?;
        // It contains placeholders only, which are few. They are counted with every list of
        // numbers.
        let placeholders = index("message", &["connection_id"])
            .name("message_undecryptable")
            .and_where(Expr::col("kind").eq("undecryptable"))
            .to_owned();
        manager.create_index(placeholders).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(Index::drop().name("message_undecryptable").table("message").to_owned())
            .await?;
        manager.drop_table(Table::drop().table("gap").to_owned()).await?;
        manager
            .drop_index(Index::drop().name("outbox_queued_at").table("outbox").to_owned())
            .await?;
        let outbox = Table::alter().table("outbox").drop_column("queued_at").to_owned();
        manager.alter_table(outbox).await
    }
}

fn gap() -> TableCreateStatement {
    Table::create()
        .table("gap")
        .col(id("id"))
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(ColumnDef::new("from_at").big_integer().not_null())
        .col(ColumnDef::new("to_at").big_integer().not_null())
        .col(ColumnDef::new("recovered").big_integer().not_null())
        .col(ColumnDef::new("recovered_private").big_integer().not_null())
        .foreign_key(&mut belongs_to("gap", "connection_id", "connection"))
        .to_owned()
}
