//! Changes of earlier messages: edits, deletions and reactions.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::{belongs_to, id, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0006_amendments"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(amendment()).await?;
        // There is one of each kind per person: a later one replaces it. Messages are read by
        // WhatsApp's ids, whatever their chat, so those are the first columns.
        let one = index("amendment", &["target_wa_id", "chat_id", "sender_id", "kind"])
            .name("amendment_one")
            .unique()
            .to_owned();
        manager.create_index(one).await?;
        // It serves the cascades, and merges of two chats.
        manager.create_index(index("amendment", &["chat_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("amendment").to_owned()).await
    }
}

fn amendment() -> TableCreateStatement {
    let number = |name: &'static str| ColumnDef::new(name).big_integer().not_null().take();
    let text = |name: &'static str| ColumnDef::new(name).text().not_null().take();
    Table::create()
        .table("amendment")
        .col(id("id"))
        .col(number("connection_id"))
        .col(number("chat_id"))
        .col(number("sender_id"))
        .col(text("target_wa_id"))
        .col(text("kind"))
        .col(text("value"))
        .col(number("at"))
        .foreign_key(&mut belongs_to("amendment", "connection_id", "connection"))
        .foreign_key(&mut belongs_to("amendment", "chat_id", "chat"))
        .to_owned()
}
