//! The keys that did not open a vote.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0029_tried_votes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tried = ColumnDef::new(TRIED).big_integer().not_null().default(0).take();
        manager.alter_table(Table::alter().table("amendment").add_column(tried).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("amendment").drop_column(TRIED).to_owned()).await
    }
}

const TRIED: &str = "tried";
