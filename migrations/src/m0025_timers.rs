//! Disappearing messages: chats have a timer, and messages the time at which they disappear.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::index;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0025_timers"
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
        // Most messages stay, and most answer nothing.
        let due = index("message", &["expires_at"])
            .name(DUE)
            .and_where(Expr::col("expires_at").is_not_null())
            .to_owned();
        manager.create_index(due).await?;
        let quoting = index("message", &["chat_id", "quoted_wa_id"])
            .name(QUOTING)
            .and_where(Expr::col("quoted_wa_id").is_not_null())
            .to_owned();
        manager.create_index(quoting).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in FORGET_TIMERS {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        for name in [DUE, QUOTING] {
            manager.drop_index(Index::drop().name(name).table("message").to_owned()).await?;
        }
        for (table, column) in columns() {
            let name = column.get_column_name();
            let drop = Table::alter().table(table).drop_column(name).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

/// The index of the messages that disappear, by their time.
const DUE: &str = "message_expires_at";
/// The index of the answers in a chat, by the message that they quote.
const QUOTING: &str = "message_quoting";

/// Older versions cannot set a timer, nor retry what sets one, and do not know the events of messages
/// that disappeared.
const FORGET_TIMERS: [&str; 3] = [
    "DELETE FROM live_event WHERE kind = 'gone'",
    "DELETE FROM message WHERE id IN (SELECT message_id FROM outbox WHERE kind = 'timer')",
    "DELETE FROM message WHERE kind = 'system' AND delivery LIKE 'failed%'",
];

/// The new columns, each with its table.
fn columns() -> [(&'static str, ColumnDef); 4] {
    [
        // It is 0 if messages stay.
        ("chat", ColumnDef::new("timer_seconds").big_integer().not_null().default(0).take()),
        // It is NULL if no timer was ever set.
        ("chat", ColumnDef::new("timer_at").big_integer().take()),
        ("message", ColumnDef::new("expires_at").big_integer().take()),
        // The message of an event about one that disappeared. Its row is deleted, so this is no
        // foreign key.
        ("live_event", ColumnDef::new("gone_id").big_integer().take()),
    ]
}
