//! The files of messages: their data, their source at WhatsApp, and the state of their download.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::{belongs_to, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0005_media"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(media()).await?;
        // It contains files that are still to be downloaded, which are few: it is queried with
        // every message.
        let awaited = index("media", &["connection_id", "next_at"])
            .name("media_awaited")
            .and_where(Expr::col("state").eq("awaited"))
            .to_owned();
        manager.create_index(awaited).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("media").to_owned()).await
    }
}

fn media() -> TableCreateStatement {
    let text = |name: &'static str| ColumnDef::new(name).text().take();
    let number = |name: &'static str| ColumnDef::new(name).big_integer().take();
    Table::create()
        .table("media")
        .col(number("message_id").not_null().primary_key())
        .col(number("connection_id").not_null())
        .col(text("mime").not_null())
        .col(text("name"))
        .col(number("size").not_null())
        .col(number("width"))
        .col(number("height"))
        .col(text("preview"))
        .col(text("direct_path").not_null())
        .col(text("media_key").not_null())
        .col(text("file_hash").not_null())
        .col(text("sealed_hash").not_null())
        .col(text("state").not_null())
        .col(number("tries").not_null())
        .col(number("next_at"))
        .foreign_key(&mut belongs_to("media", "message_id", "message"))
        .foreign_key(&mut belongs_to("media", "connection_id", "connection"))
        .to_owned()
}
