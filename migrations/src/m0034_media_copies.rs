//! Files that are being copied for messages that are forwarded.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::{belongs_to, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0034_media_copies"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(media_copy()).await?;
        // It finds out if a file is the source of a copy before the file is removed.
        manager.create_index(index("media_copy", &["from_message_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Older versions notice that the file is missing when somebody opens it or when it is uploaded.
        let stored = "UPDATE media SET state = 'stored' WHERE state = 'copying'";
        manager.get_connection().execute_unprepared(stored).await?;
        manager.drop_table(Table::drop().table("media_copy").to_owned()).await
    }
}

fn media_copy() -> TableCreateStatement {
    let number = |name: &'static str| ColumnDef::new(name).big_integer().not_null().take();
    Table::create()
        .table("media_copy")
        .col(number("message_id").primary_key())
        // The source may be removed with its number, and the copy is made all the same.
        .col(number("from_connection_id"))
        .col(number("from_message_id"))
        .col(number("since"))
        .foreign_key(&mut belongs_to("media_copy", "message_id", "message"))
        .to_owned()
}
