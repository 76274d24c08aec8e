//! Changes of access are numbered with the live events, so that a page that was away while its user
//! lost access is told to load again. They belong to no chat.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

use crate::m0001_inbox::{belongs_to, id, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0013_bounds"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The user whose access changed; NULL for a change of several users, and for every other
        // kind of event.
        let user = ColumnDef::new("user_id").big_integer().take();
        let mut table = Table::alter();
        manager.alter_table(table.table("live_event").add_column(user).to_owned()).await?;
        if manager.get_database_backend() == DatabaseBackend::Sqlite {
            return rebuild(manager, &["user_id"], false).await;
        }
        for column in ["connection_id", "chat_id"] {
            let sql = format!("ALTER TABLE live_event ALTER COLUMN {column} DROP NOT NULL");
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DELETE FROM live_event WHERE chat_id IS NULL").await?;
        if manager.get_database_backend() == DatabaseBackend::Sqlite {
            return rebuild(manager, &[], true).await;
        }
        for column in ["connection_id", "chat_id"] {
            let sql = format!("ALTER TABLE live_event ALTER COLUMN {column} SET NOT NULL");
            db.execute_unprepared(&sql).await?;
        }
        let mut table = Table::alter();
        manager.alter_table(table.table("live_event").drop_column("user_id").to_owned()).await
    }
}

/// SQLite cannot change the nullability of a column, so the table is created anew and its sequence
/// continues.
async fn rebuild(
    manager: &SchemaManager<'_>,
    more: &[&'static str],
    is_required: bool,
) -> Result<(), DbErr> {
    let number = |name: &'static str, is_required: bool| {
        let mut column = ColumnDef::new(name);
        column.big_integer();
        if is_required {
            column.not_null();
        }
        column
    };
    let mut table = Table::create();
    table
        .table("live_event_new")
        .col(id("seq"))
        .col(number("connection_id", is_required))
        .col(number("chat_id", is_required))
        .col(number("message_id", false))
        .col(ColumnDef::new("kind").text().not_null())
        .col(number("created_at", true))
        .foreign_key(&mut belongs_to("live_event_new", "connection_id", "connection"))
        .foreign_key(&mut belongs_to("live_event_new", "chat_id", "chat"))
        .foreign_key(&mut belongs_to("live_event_new", "message_id", "message"));
    for column in more {
        table.col(number(column, false));
    }
    manager.create_table(table.to_owned()).await?;
    let mut columns = vec!["seq", "connection_id", "chat_id", "message_id", "kind", "created_at"];
    columns.extend(more);
    let columns = columns.join(", ");
    for statement in [
        &*format!("INSERT INTO live_event_new ({columns}) SELECT {columns} FROM live_event"),
        "DELETE FROM sqlite_sequence WHERE name = 'live_event_new'",
        "INSERT INTO sqlite_sequence (name, seq) \
         SELECT 'live_event_new', seq FROM sqlite_sequence WHERE name = 'live_event'",
        "DROP TABLE live_event",
        "ALTER TABLE live_event_new RENAME TO live_event",
    ] {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    for column in ["chat_id", "message_id"] {
        manager.create_index(index("live_event", &[column])).await?;
    }
    Ok(())
}
