//! Messages as WhatsApp sent them, if this version does not show all of their content.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::belongs_to;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0007_originals"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("original")
            .col(ColumnDef::new("message_id").big_integer().not_null().primary_key())
            .col(ColumnDef::new("protobuf").text().not_null())
            .foreign_key(&mut belongs_to("original", "message_id", "message"))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("original").to_owned()).await
    }
}
