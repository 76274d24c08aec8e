//! Files that are sent from a browser: their uploads to this server, and the time at which WhatsApp
//! has taken them. Voice notes have a waveform and may have been played, recordings and videos have a
//! length.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::{belongs_to, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0021_outgoing_files"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in columns() {
            // SQLite can add only one column at a time.
            manager
                .alter_table(Table::alter().table("media").add_column(column).to_owned())
                .await?;
        }
        // A file that is sent again is found by its hash. Most files are received ones.
        let uploaded = index("media", &["connection_id", "file_hash"])
            .name(UPLOADED)
            .and_where(Expr::col("uploaded_at").is_not_null())
            .to_owned();
        manager.create_index(uploaded).await?;
        manager.create_table(upload()).await?;
        // These serve the cascades, and the second one the uploads that nobody continues.
        for columns in [["connection_id"], ["user_id"], ["touched_at"]] {
            manager.create_index(index("upload", &columns)).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("upload").to_owned()).await?;
        manager.drop_index(Index::drop().name(UPLOADED).table("media").to_owned()).await?;
        for statement in FAIL_FILES {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        for column in columns() {
            let name = column.get_column_name();
            let drop = Table::alter().table("media").drop_column(name).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

/// The index of the files that a number has uploaded to WhatsApp.
const UPLOADED: &str = "media_uploaded";

/// Older versions cannot send files, and know neither these reasons nor these states. The operations
/// that send files are deleted last, since a change is not free to go then.
const FAIL_FILES: [&str; 6] = [
    "DELETE FROM outbox WHERE kind = 'played'",
    "UPDATE message SET delivery = 'read' WHERE delivery = 'played'",
    "UPDATE outbox SET failed = 'not_sent' WHERE depends_on IN (SELECT o.id FROM outbox o \
     JOIN media m ON m.message_id = o.message_id WHERE o.kind IN ('send', 'upload'))",
    "UPDATE message SET delivery = 'failed:refused' \
     WHERE delivery IN ('failed:upload', 'failed:cancelled') OR (delivery = 'queued' \
     AND id IN (SELECT message_id FROM media))",
    "UPDATE media SET state = 'refused' WHERE state = 'uploading'",
    "DELETE FROM outbox \
     WHERE kind IN ('send', 'upload') AND message_id IN (SELECT message_id FROM media)",
];

/// The new columns of files.
fn columns() -> [ColumnDef; 5] {
    [
        ColumnDef::new("seconds").big_integer().take(),
        ColumnDef::new("voice").boolean().not_null().default(false).take(),
        // In hexadecimal.
        ColumnDef::new("waveform").text().take(),
        // It is NULL if this number has not uploaded the file.
        ColumnDef::new("uploaded_at").big_integer().take(),
        ColumnDef::new("played").boolean().not_null().default(false).take(),
    ]
}

/// The files of which this server does not have all bytes.
fn upload() -> TableCreateStatement {
    let number = |name: &'static str| ColumnDef::new(name).big_integer().not_null().take();
    Table::create()
        .table("upload")
        .col(number("message_id").primary_key())
        .col(number("connection_id"))
        .col(number("user_id"))
        .col(number("begun_at"))
        .col(number("touched_at"))
        .foreign_key(&mut belongs_to("upload", "message_id", "message"))
        .foreign_key(&mut belongs_to("upload", "connection_id", "connection"))
        .foreign_key(&mut belongs_to("upload", "user_id", "user"))
        .to_owned()
}
