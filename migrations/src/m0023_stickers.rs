//! Stickers: those that users keep as favourites, and the mark of those that move.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::{belongs_to, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0023_stickers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let animated = ColumnDef::new("animated").boolean().not_null().default(false).take();
        manager.alter_table(Table::alter().table("media").add_column(animated).to_owned()).await?;
        manager.create_table(favourite()).await?;
        // These serve the cascades, and the second one the files that are not evicted.
        for columns in [["connection_id"], ["message_id"]] {
            manager.create_index(index("sticker_favourite", &columns)).await?;
        }
        // It contains stickers only: the newest of a number are listed, however many messages it has.
        let stickers = index("message", &["connection_id", "position"])
            .name(STICKERS)
            .and_where(Expr::cust("kind = 'sticker'"))
            .to_owned();
        manager.create_index(stickers).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(STICKERS).table("message").to_owned()).await?;
        manager.drop_table(Table::drop().table("sticker_favourite").to_owned()).await?;
        manager.alter_table(Table::alter().table("media").drop_column("animated").to_owned()).await
    }
}

/// The index of the stickers of a number.
const STICKERS: &str = "message_stickers";

fn favourite() -> TableCreateStatement {
    let number = |name: &'static str| ColumnDef::new(name).big_integer().not_null().take();
    Table::create()
        .table("sticker_favourite")
        .col(number("user_id"))
        .col(number("connection_id"))
        // The hash is in hexadecimal, as in `media`.
        .col(ColumnDef::new("file_hash").text().not_null())
        .col(number("message_id"))
        .col(number("added_at"))
        .primary_key(Index::create().col("user_id").col("connection_id").col("file_hash"))
        .foreign_key(&mut belongs_to("sticker_favourite", "user_id", "user"))
        .foreign_key(&mut belongs_to("sticker_favourite", "connection_id", "connection"))
        .foreign_key(&mut belongs_to("sticker_favourite", "message_id", "message"))
        .to_owned()
}
