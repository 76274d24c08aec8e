//! The first version of all tables: people, numbers and conversations.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0001_inbox"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            user(),
            web_session(),
            connection(),
            number_access(),
            contact(),
            contact_alias(),
            chat(),
            message(),
            outbox(),
            live_event(),
        ] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "live_event",
            "outbox",
            "message",
            "chat",
            "contact_alias",
            "contact",
            "number_access",
            "connection",
            "web_session",
            "user",
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn user() -> TableCreateStatement {
    Table::create()
        .table("user")
        .col(id("id"))
        .col(ColumnDef::new("name").text().not_null())
        .col(ColumnDef::new("email").text().not_null().unique_key())
        .col(ColumnDef::new("password_hash").text().not_null())
        .col(ColumnDef::new("role").text().not_null())
        .col(ColumnDef::new("active").boolean().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .to_owned()
}

pub(crate) fn web_session() -> TableCreateStatement {
    Table::create()
        .table("web_session")
        .col(ColumnDef::new("id").text().not_null().primary_key())
        .col(ColumnDef::new("data").text().not_null())
        .col(ColumnDef::new("expires_at").big_integer().not_null())
        .to_owned()
}

fn connection() -> TableCreateStatement {
    Table::create()
        .table("connection")
        .col(id("id"))
        .col(ColumnDef::new("owner_id").big_integer().not_null())
        // Repeats the owner on the one number that is their default. NULLs never collide in a
        // unique index, so "at most one default per person" holds on both databases without a
        // partial index.
        .col(ColumnDef::new("default_of").big_integer().unique_key())
        .col(ColumnDef::new("label").text().not_null())
        .col(ColumnDef::new("linked").boolean().not_null())
        .col(ColumnDef::new("phone").text())
        .col(ColumnDef::new("jid").text())
        .col(ColumnDef::new("lid").text())
        .col(ColumnDef::new("push_name").text())
        // `model::EndReason` as JSON.
        .col(ColumnDef::new("last_end").text())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .foreign_key(&mut belongs_to("connection", "owner_id", "user"))
        .to_owned()
}

fn number_access() -> TableCreateStatement {
    Table::create()
        .table("number_access")
        .col(ColumnDef::new("user_id").big_integer().not_null())
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(ColumnDef::new("can_read").boolean().not_null())
        .col(ColumnDef::new("can_write").boolean().not_null())
        .col(ColumnDef::new("can_manage").boolean().not_null())
        .col(ColumnDef::new("granted_by").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .primary_key(Index::create().col("user_id").col("connection_id"))
        .foreign_key(&mut belongs_to("number_access", "user_id", "user"))
        .foreign_key(&mut belongs_to("number_access", "connection_id", "connection"))
        .foreign_key(&mut belongs_to("number_access", "granted_by", "user"))
        // Writing and managing imply reading, whatever code writes the row.
        .check(
            Expr::col("can_read")
                .eq(true)
                .or(Expr::col("can_write").eq(false).and(Expr::col("can_manage").eq(false))),
        )
        .to_owned()
}

fn contact() -> TableCreateStatement {
    Table::create()
        .table("contact")
        .col(id("id"))
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(ColumnDef::new("phone").text())
        .col(ColumnDef::new("lid").text())
        .col(ColumnDef::new("saved_name").text())
        .col(ColumnDef::new("push_name").text())
        .foreign_key(&mut belongs_to("contact", "connection_id", "connection"))
        .to_owned()
}

fn contact_alias() -> TableCreateStatement {
    Table::create()
        .table("contact_alias")
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(ColumnDef::new("jid").text().not_null())
        .col(ColumnDef::new("contact_id").big_integer().not_null())
        .primary_key(Index::create().col("connection_id").col("jid"))
        .foreign_key(&mut belongs_to("contact_alias", "connection_id", "connection"))
        .foreign_key(&mut belongs_to("contact_alias", "contact_id", "contact"))
        .to_owned()
}

fn chat() -> TableCreateStatement {
    Table::create()
        .table("chat")
        .col(id("id"))
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(ColumnDef::new("jid").text().not_null())
        .col(ColumnDef::new("address").text().not_null())
        // NULL for groups.
        .col(ColumnDef::new("contact_id").big_integer().unique_key())
        .col(ColumnDef::new("last_message_id").big_integer())
        .col(ColumnDef::new("last_at").big_integer().not_null())
        .foreign_key(&mut belongs_to("chat", "connection_id", "connection"))
        .foreign_key(&mut belongs_to("chat", "contact_id", "contact"))
        .to_owned()
}

fn message() -> TableCreateStatement {
    Table::create()
        .table("message")
        .col(id("id"))
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(ColumnDef::new("chat_id").big_integer().not_null())
        // The contact who wrote it; 0 is the number itself. It is not NULL, so that it counts in
        // the unique index, and therefore has no foreign key.
        .col(ColumnDef::new("sender_id").big_integer().not_null())
        .col(ColumnDef::new("wa_id").text().not_null())
        // The user of this installation who wrote it.
        .col(ColumnDef::new("author_id").big_integer())
        .col(ColumnDef::new("kind").text().not_null())
        .col(ColumnDef::new("text").text().not_null())
        .col(ColumnDef::new("sent_at").big_integer().not_null())
        .col(ColumnDef::new("position").big_integer().not_null())
        // NULL on incoming messages.
        .col(ColumnDef::new("delivery").text())
        .col(ColumnDef::new("unread").boolean().not_null())
        .foreign_key(&mut belongs_to("message", "connection_id", "connection"))
        .foreign_key(&mut belongs_to("message", "chat_id", "chat"))
        // A conversation outlives the people who worked on it.
        .foreign_key(
            belongs_to("message", "author_id", "user").on_delete(ForeignKeyAction::SetNull),
        )
        .to_owned()
}

fn outbox() -> TableCreateStatement {
    Table::create()
        .table("outbox")
        // The primary key has no sequence of its own: it is the id of the message.
        .col(ColumnDef::new("message_id").big_integer().not_null().primary_key())
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .foreign_key(&mut belongs_to("outbox", "message_id", "message"))
        .foreign_key(&mut belongs_to("outbox", "connection_id", "connection"))
        .to_owned()
}

fn live_event() -> TableCreateStatement {
    Table::create()
        .table("live_event")
        .col(id("seq"))
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(ColumnDef::new("chat_id").big_integer().not_null())
        .col(ColumnDef::new("message_id").big_integer())
        .col(ColumnDef::new("kind").text().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .foreign_key(&mut belongs_to("live_event", "connection_id", "connection"))
        .foreign_key(&mut belongs_to("live_event", "chat_id", "chat"))
        .foreign_key(&mut belongs_to("live_event", "message_id", "message"))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("web_session", &["expires_at"]),
        index("connection", &["owner_id"]),
        index("number_access", &["connection_id"]),
        index("contact", &["connection_id"]),
        index("contact_alias", &["contact_id"]),
        index("chat", &["connection_id", "jid"]).unique().to_owned(),
        // Indexes for the list of one number, and of several.
        index("chat", &["connection_id", "last_at", "id"]),
        index("chat", &["last_at", "id"]),
        // This index makes ingest idempotent. Its first columns serve the queries of receipts and
        // the outbox, by number and id.
        index("message", &["connection_id", "wa_id", "chat_id", "sender_id"]).unique().to_owned(),
        index("message", &["chat_id", "position"]).unique().to_owned(),
        // It contains unread messages only, so counting them for every row of the list is cheap.
        index("message", &["chat_id"])
            .name("message_unread")
            .and_where(Expr::col("unread"))
            .to_owned(),
        index("outbox", &["connection_id", "message_id"]),
        // These serve the cascades: chats and messages are deleted when two chats of one person are
        // merged.
        index("live_event", &["chat_id"]),
        index("live_event", &["message_id"]),
    ]
}

/// A 64-bit key that is never reused, not even after the newest row was deleted.
pub(crate) fn id(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().auto_increment().primary_key().take()
}

pub(crate) fn belongs_to(
    table: &'static str,
    column: &'static str,
    parent: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_{column}_fkey"))
        .from(table, column)
        .to(parent, "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

pub(crate) fn index(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("{table}_{}", columns.join("_"))).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}
