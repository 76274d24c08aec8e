//! Read receipts are operations of the outbox, and have no table of their own.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

use crate::m0001_inbox::{belongs_to, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0020_read_operations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let ids = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "CAST(json_agg(wa_id ORDER BY id) AS TEXT)",
            _ => "json_group_array(wa_id)",
        };
        manager.get_connection().execute_unprepared(&take_receipts(ids)).await?;
        // A number that sends looks for receipts after each message, and mostly there are none.
        manager.create_index(index("outbox", &["connection_id", "kind", "id"])).await?;
        manager.drop_table(Table::drop().table("unsent_receipt").to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let unsent = Table::create()
            .table("unsent_receipt")
            .col(ColumnDef::new("message_id").big_integer().not_null().primary_key())
            .col(ColumnDef::new("connection_id").big_integer().not_null())
            .col(ColumnDef::new("read_at").big_integer().not_null())
            .foreign_key(&mut belongs_to("unsent_receipt", "message_id", "message"))
            .foreign_key(&mut belongs_to("unsent_receipt", "connection_id", "connection"))
            .to_owned();
        manager.create_table(unsent).await?;
        manager.create_index(index("unsent_receipt", &["connection_id", "message_id"])).await?;
        let ids = match manager.get_database_backend() {
            DatabaseBackend::Postgres => {
                "json_array_elements_text(CAST(o.payload AS JSON)) AS read(value)"
            }
            _ => "json_each(o.payload) AS read",
        };
        let db = manager.get_connection();
        db.execute_unprepared(&give_receipts(ids)).await?;
        db.execute_unprepared("DELETE FROM outbox WHERE kind = 'read'").await?;
        let of_a_kind =
            Index::drop().name("outbox_connection_id_kind_id").table("outbox").to_owned();
        manager.drop_index(of_a_kind).await
    }
}

/// Makes one operation of up to 256 receipts for messages of one author in one chat. It names the
/// newest of these messages, and has the time of the oldest receipt.
fn take_receipts(ids: &str) -> String {
    format!(
        "INSERT INTO outbox \
         (connection_id, chat_id, kind, message_id, wa_id, payload, attempts, queued_at) \
         SELECT connection_id, chat_id, 'read', MAX(id), '', {ids}, 0, MIN(read_at) FROM \
         (SELECT m.id, m.connection_id, m.chat_id, m.sender_id, m.wa_id, u.read_at, \
          (ROW_NUMBER() OVER (PARTITION BY m.chat_id, m.sender_id ORDER BY m.id) - 1) / 256 AS part \
          FROM unsent_receipt u JOIN message m ON m.id = u.message_id ORDER BY m.id) waiting \
         GROUP BY connection_id, chat_id, sender_id, part ORDER BY MAX(id)"
    )
}

/// Makes receipts of the operations.
fn give_receipts(ids: &str) -> String {
    format!(
        "INSERT INTO unsent_receipt (message_id, connection_id, read_at) \
         SELECT m.id, m.connection_id, MIN(o.queued_at) FROM outbox o \
         JOIN message newest ON newest.id = o.message_id \
         CROSS JOIN {ids} \
         JOIN message m ON m.connection_id = o.connection_id AND m.wa_id = read.value \
         AND m.chat_id = o.chat_id AND m.sender_id = newest.sender_id \
         WHERE o.kind = 'read' GROUP BY m.id, m.connection_id"
    )
}
