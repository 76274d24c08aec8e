//! Unsent drafts, and the index of the unread messages of a number.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::{belongs_to, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0011_drafts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(draft()).await?;
        // It serves the cascade, and merges of two chats.
        manager.create_index(index("draft", &["chat_id"])).await?;
        // It contains unread messages only: totals are counted per number, however many chats it
        // has.
        let unread = index("message", &["connection_id", "chat_id"])
            .name("message_unread_of_number")
            .and_where(Expr::col("unread"))
            .to_owned();
        manager.create_index(unread).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let unread = Index::drop().name("message_unread_of_number").table("message").to_owned();
        manager.drop_index(unread).await?;
        manager.drop_table(Table::drop().table("draft").to_owned()).await
    }
}

fn draft() -> TableCreateStatement {
    let number = |name: &'static str| ColumnDef::new(name).big_integer().not_null().take();
    Table::create()
        .table("draft")
        .col(number("user_id"))
        .col(number("chat_id"))
        .col(ColumnDef::new("text").text().not_null())
        .col(number("updated_at"))
        .primary_key(Index::create().col("user_id").col("chat_id"))
        .foreign_key(&mut belongs_to("draft", "user_id", "user"))
        .foreign_key(&mut belongs_to("draft", "chat_id", "chat"))
        .to_owned()
}
