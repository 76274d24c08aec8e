//! Read receipts that are still to be sent, and those of the own phone that arrived before their
//! message.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::{belongs_to, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0010_receipts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let unsent = Table::create()
            .table("unsent_receipt")
            .col(ColumnDef::new("message_id").big_integer().not_null().primary_key())
            .col(ColumnDef::new("connection_id").big_integer().not_null())
            .col(ColumnDef::new("read_at").big_integer().not_null())
            .foreign_key(&mut belongs_to("unsent_receipt", "message_id", "message"))
            .foreign_key(&mut belongs_to("unsent_receipt", "connection_id", "connection"))
            .to_owned();
        manager.create_table(unsent).await?;
        manager.create_index(index("unsent_receipt", &["connection_id", "message_id"])).await?;
        let early = Table::create()
            .table("early_read")
            .col(ColumnDef::new("connection_id").big_integer().not_null())
            .col(ColumnDef::new("wa_id").text().not_null())
            .col(ColumnDef::new("read_at").big_integer().not_null())
            .primary_key(Index::create().col("connection_id").col("wa_id"))
            .foreign_key(&mut belongs_to("early_read", "connection_id", "connection"))
            .to_owned();
        manager.create_table(early).await?;
        manager.create_index(index("early_read", &["connection_id", "read_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["early_read", "unsent_receipt"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
