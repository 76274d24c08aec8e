//! The browsers that people have logged in with, and resets of an account that its owner has not
//! read yet.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::belongs_to;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0014_login"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(login_device()).await?;
        // NULL means that there is nothing to read.
        let column = ColumnDef::new("notice_at").big_integer().take();
        manager.alter_table(Table::alter().table("user").add_column(column).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = Table::alter().table("user").drop_column("notice_at").to_owned();
        manager.alter_table(column).await?;
        manager.drop_table(Table::drop().table("login_device").to_owned()).await
    }
}

fn login_device() -> TableCreateStatement {
    Table::create()
        .table("login_device")
        .col(ColumnDef::new("user_id").big_integer().not_null())
        .col(ColumnDef::new("token_hash").text().not_null())
        // NULL means unknown.
        .col(ColumnDef::new("network").text())
        .col(ColumnDef::new("used_at").big_integer().not_null())
        .primary_key(Index::create().col("user_id").col("token_hash"))
        .foreign_key(&mut belongs_to("login_device", "user_id", "user"))
        .to_owned()
}
