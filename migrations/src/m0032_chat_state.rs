//! What the phone keeps of its chats: archived, pinned, muted, unread, cleared and blocked, and messages
//! that are starred. Changes of it wait for WhatsApp in a table of their own. A number may hide what the
//! people do who work with it.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::{belongs_to, id, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0032_chat_state"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in columns() {
            // SQLite can add only one column at a time.
            let add = Table::alter().table(table).add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        for table in [chat_action(), number_visibility()] {
            manager.create_table(table).await?;
        }
        for (_, index) in partial_indexes() {
            manager.create_index(index).await?;
        }
        // They lead to the oldest actions of a number, and serve the cascades.
        manager.create_index(index("chat_action", &["connection_id", "id"])).await?;
        manager.create_index(index("chat_action", &["chat_id"])).await?;
        manager.create_index(index("chat_action", &["message_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["number_visibility", "chat_action"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for (table, index) in partial_indexes() {
            let name = index.get_index_spec().get_name().unwrap_or_default().to_owned();
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        for (table, column) in columns() {
            let name = column.get_column_name();
            let drop = Table::alter().table(table).drop_column(name).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().take()
}

fn flag(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).boolean().not_null().default(false).take()
}

/// The new columns, each with its table.
fn columns() -> [(&'static str, ColumnDef); 9] {
    [
        ("chat", flag("archived")),
        // In no list until its next message.
        ("chat", flag("unlisted")),
        ("chat", number("pinned_at")),
        // The largest number for ever.
        ("chat", number("muted_until")),
        ("chat", flag("marked_unread")),
        // The position of the last message that was cleared.
        ("chat", number("cleared_position")),
        // What WhatsApp refused last.
        ("chat", ColumnDef::new("refused").text().take()),
        ("contact", flag("blocked")),
        ("message", flag("starred")),
    ]
}

/// The indexes of few rows, each with its table.
fn partial_indexes() -> [(&'static str, IndexCreateStatement); 4] {
    let archived = index("chat", &["connection_id", "last_at", "id"])
        .name("chat_archived")
        .and_where(Expr::col("archived"))
        .to_owned();
    let pinned = index("chat", &["connection_id", "pinned_at", "id"])
        .name("chat_pinned")
        .and_where(Expr::col("pinned_at").is_not_null())
        .to_owned();
    let muted = index("chat", &["muted_until"])
        .name("chat_muted")
        .and_where(Expr::col("muted_until").is_not_null())
        .to_owned();
    let starred = index("message", &["chat_id", "position"])
        .name("message_starred")
        .and_where(Expr::col("starred"))
        .to_owned();
    [("chat", archived), ("chat", pinned), ("chat", muted), ("message", starred)]
}

fn chat_action() -> TableCreateStatement {
    Table::create()
        .table("chat_action")
        .col(id("id"))
        .col(number("connection_id").not_null())
        .col(number("chat_id").not_null())
        .col(ColumnDef::new("aspect").text().not_null())
        .col(number("message_id"))
        .col(number("value").not_null())
        .col(number("before").not_null())
        .col(number("author_id"))
        .col(number("attempts").not_null())
        .col(number("next_attempt_at"))
        .col(number("queued_at").not_null())
        .foreign_key(&mut belongs_to("chat_action", "connection_id", "connection"))
        .foreign_key(&mut belongs_to("chat_action", "chat_id", "chat"))
        .foreign_key(&mut belongs_to("chat_action", "message_id", "message"))
        .to_owned()
}

fn number_visibility() -> TableCreateStatement {
    Table::create()
        .table("number_visibility")
        .col(number("connection_id").not_null().primary_key())
        .col(flag("hides_reading"))
        .col(flag("hides_online"))
        .foreign_key(&mut belongs_to("number_visibility", "connection_id", "connection"))
        .to_owned()
}
