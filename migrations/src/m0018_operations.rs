//! The outbox holds operations: messages to send and changes of messages. Messages have the quoted
//! part of an answer, their forwarding score and the time at which WhatsApp took them, and updates
//! the user who made them.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::{belongs_to, id, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0018_operations"
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
        // Two contacts that turn out to be one person merge their quotes. Most messages quote none.
        let quoted = index("message", &["quoted_sender_id"])
            .and_where(Expr::col("quoted_sender_id").is_not_null())
            .to_owned();
        manager.create_index(quoted).await?;
        // A new stanza may not have the id of a change that was made here. Most updates are others'.
        let made_here = index("amendment", &["connection_id", "wa_id"])
            .and_where(Expr::col("wa_id").is_not_null())
            .to_owned();
        manager.create_index(made_here).await?;
        let indexes = (&OF_MESSAGES[..], &OF_OPERATIONS[..]);
        replace_outbox(manager, indexes, operations(), TAKE_MESSAGES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let indexes = (&OF_OPERATIONS[..], &OF_MESSAGES[..]);
        replace_outbox(manager, indexes, messages(), TAKE_SENDINGS).await?;
        let quoted = Index::drop().name("message_quoted_sender_id").table("message").to_owned();
        manager.drop_index(quoted).await?;
        let made_here =
            Index::drop().name("amendment_connection_id_wa_id").table("amendment").to_owned();
        manager.drop_index(made_here).await?;
        manager.get_connection().execute_unprepared(FORGET_REPLACED).await?;
        for (table, column) in columns() {
            let name = column.get_column_name();
            let drop = Table::alter().table(table).drop_column(name).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

/// The columns of other tables.
fn columns() -> Vec<(&'static str, ColumnDef)> {
    let text = |name: &'static str| ColumnDef::new(name).text().take();
    let number = |name: &'static str| ColumnDef::new(name).big_integer().take();
    vec![
        // WhatsApp's `forwarding_score`.
        ("message", ColumnDef::new("forwarded").big_integer().not_null().default(0).take()),
        ("message", text("quoted_wa_id")),
        // A contact; 0 is the number itself, and NULL unknown. As `sender_id` it has no foreign key.
        ("message", number("quoted_sender_id")),
        ("message", text("quoted_kind")),
        ("message", text("quoted_text")),
        // It is NULL if it does not differ from `sent_at`.
        ("message", number("taken_at")),
        // The user and the stanza of an update that was made here. SQLite cannot add a foreign key.
        ("amendment", number("author_id")),
        ("amendment", text("wa_id")),
    ]
}

/// The outbox from here on.
fn operations() -> TableCreateStatement {
    let set_null = |column, parent| {
        belongs_to("outbox", column, parent).on_delete(ForeignKeyAction::SetNull).to_owned()
    };
    Table::create()
        .table("outbox")
        .col(id("id"))
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(ColumnDef::new("chat_id").big_integer().not_null())
        // `send`, `edit`, `revoke` or `react`.
        .col(ColumnDef::new("kind").text().not_null())
        .col(ColumnDef::new("message_id").big_integer().not_null())
        .col(ColumnDef::new("wa_id").text().not_null())
        .col(ColumnDef::new("payload").text().not_null())
        .col(ColumnDef::new("author_id").big_integer())
        // A row with a lower id, as a backup restores rows in the order of their ids.
        .col(ColumnDef::new("depends_on").big_integer())
        .col(ColumnDef::new("attempts").big_integer().not_null().default(0))
        .col(ColumnDef::new("next_attempt_at").big_integer())
        .col(ColumnDef::new("first_sent_at").big_integer())
        .col(ColumnDef::new("queued_at").big_integer())
        .col(ColumnDef::new("failed").text())
        .foreign_key(&mut belongs_to("outbox", "connection_id", "connection"))
        .foreign_key(&mut belongs_to("outbox", "chat_id", "chat"))
        .foreign_key(&mut belongs_to("outbox", "message_id", "message"))
        .foreign_key(&mut set_null("author_id", "user"))
        .foreign_key(&mut set_null("depends_on", "outbox"))
        .to_owned()
}

/// The outbox of before, with messages only.
fn messages() -> TableCreateStatement {
    Table::create()
        .table("outbox")
        .col(ColumnDef::new("message_id").big_integer().not_null().primary_key())
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(ColumnDef::new("queued_at").big_integer())
        .foreign_key(&mut belongs_to("outbox", "message_id", "message"))
        .foreign_key(&mut belongs_to("outbox", "connection_id", "connection"))
        .to_owned()
}

/// The columns of each index of the operations.
const OF_OPERATIONS: [&[&str]; 6] = [
    // The next operations of a number, and those that wait before them in their chat.
    &["connection_id", "id"],
    &["chat_id", "id"],
    &["connection_id", "wa_id"],
    &["message_id"],
    &["queued_at"],
    // It serves the foreign key.
    &["depends_on"],
];

/// The columns of each index of the outbox of before.
const OF_MESSAGES: [&[&str]; 2] = [&["connection_id", "message_id"], &["queued_at"]];

/// Older versions have one update of each kind by a sender.
const FORGET_REPLACED: &str = "DELETE FROM amendment WHERE kind = 'replaced'";

const TAKE_MESSAGES: &str = "INSERT INTO outbox \
     (connection_id, chat_id, kind, message_id, wa_id, payload, author_id, queued_at) \
     SELECT m.connection_id, m.chat_id, 'send', m.id, m.wa_id, '', m.author_id, o.queued_at \
     FROM outbox_before o JOIN message m ON m.id = o.message_id ORDER BY m.id";

const TAKE_SENDINGS: &str = "INSERT INTO outbox (message_id, connection_id, queued_at) \
     SELECT message_id, connection_id, queued_at FROM outbox_before WHERE kind = 'send'";

/// Creates the outbox anew, with other indexes, and takes the rows along.
async fn replace_outbox(
    manager: &SchemaManager<'_>,
    (before, after): (&[&[&'static str]], &[&[&'static str]]),
    table: TableCreateStatement,
    take_rows: &str,
) -> Result<(), DbErr> {
    // The names of indexes are unique in the database, so the old ones make room first.
    for columns in before {
        let name = format!("outbox_{}", columns.join("_"));
        manager.drop_index(Index::drop().name(name).table("outbox").to_owned()).await?;
    }
    manager.rename_table(Table::rename().table("outbox", "outbox_before").to_owned()).await?;
    manager.create_table(table).await?;
    manager.get_connection().execute_unprepared(take_rows).await?;
    manager.drop_table(Table::drop().table("outbox_before").to_owned()).await?;
    for columns in after {
        manager.create_index(index("outbox", columns)).await?;
    }
    Ok(())
}
