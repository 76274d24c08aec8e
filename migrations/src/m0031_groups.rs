//! Groups: their data and members, the receipts of the members, the people who may see them, and mentions.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::{belongs_to, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0031_groups"
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
        for table in [chat_group(), group_member(), group_receipt(), group_access()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        // The groups of which messages have come. Their data are fetched with the next connection.
        manager.get_connection().execute_unprepared(KNOWN_GROUPS).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in FORGET_GROUPS {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        manager.drop_index(Index::drop().name(GROUPS).table("chat").to_owned()).await?;
        for table in ["group_access", "group_receipt", "group_member", "chat_group"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for (table, column) in columns() {
            let name = column.get_column_name();
            let drop = Table::alter().table(table).drop_column(name).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

/// The index of the chats that are groups, for the list of groups.
const GROUPS: &str = "chat_groups";

const KNOWN_GROUPS: &str = "INSERT INTO chat_group (chat_id, connection_id) \
     SELECT id, connection_id FROM chat WHERE contact_id IS NULL";

/// Older versions neither leave a group nor show what changed in one.
const FORGET_GROUPS: [&str; 2] = [
    "DELETE FROM message WHERE id IN (SELECT message_id FROM outbox WHERE kind = 'leave')",
    "DELETE FROM message WHERE kind = 'system' AND content LIKE '{\"group\"%'",
];

/// The new columns, each with its table.
fn columns() -> [(&'static str, ColumnDef); 5] {
    let flag = |name: &'static str| ColumnDef::new(name).boolean().not_null().default(false).take();
    [
        // The group is seen by those alone to whom it was given.
        ("chat", flag("restricted")),
        // `model::GroupsGranted`.
        ("number_access", ColumnDef::new("groups").text().not_null().default("all").take()),
        // The addresses of the people whom a text mentions, in JSON.
        ("message", ColumnDef::new("mentions").text().take()),
        ("message", flag("mentions_us")),
        // The time at which all groups of the number were fetched.
        ("connection", ColumnDef::new("groups_at").big_integer().take()),
    ]
}

fn chat_group() -> TableCreateStatement {
    let time = |name: &'static str| ColumnDef::new(name).big_integer().take();
    let flag = |name: &'static str| ColumnDef::new(name).boolean().not_null().default(false).take();
    Table::create()
        .table("chat_group")
        .col(ColumnDef::new("chat_id").big_integer().not_null().primary_key())
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(ColumnDef::new("subject").text())
        .col(ColumnDef::new("description").text())
        .col(time("created_at"))
        // The address of the person who created it.
        .col(ColumnDef::new("creator").text())
        .col(flag("announce"))
        .col(flag("locked"))
        // Members are named by hidden identities, as in all newer groups.
        .col(ColumnDef::new("lid").boolean().not_null().default(true))
        // `model::Membership`.
        .col(ColumnDef::new("membership").text().not_null().default("member"))
        // The members, the number included; 0 while they are not known.
        .col(ColumnDef::new("size").big_integer().not_null().default(0))
        // The time at which WhatsApp answered what the group is; NULL until then.
        .col(time("fetched_at"))
        .foreign_key(&mut belongs_to("chat_group", "chat_id", "chat"))
        .foreign_key(&mut belongs_to("chat_group", "connection_id", "connection"))
        .to_owned()
}

fn group_member() -> TableCreateStatement {
    Table::create()
        .table("group_member")
        .col(ColumnDef::new("chat_id").big_integer().not_null())
        .col(ColumnDef::new("contact_id").big_integer().not_null())
        // `model::MemberRole`.
        .col(ColumnDef::new("role").text().not_null())
        // The time at which they became a member, if it was seen.
        .col(ColumnDef::new("since").big_integer())
        // The time of the last word about them.
        .col(ColumnDef::new("noted_at").big_integer().not_null())
        .primary_key(Index::create().col("chat_id").col("contact_id"))
        .foreign_key(&mut belongs_to("group_member", "chat_id", "chat"))
        .foreign_key(&mut belongs_to("group_member", "contact_id", "contact"))
        .to_owned()
}

fn group_receipt() -> TableCreateStatement {
    let time = |name: &'static str| ColumnDef::new(name).big_integer().take();
    Table::create()
        .table("group_receipt")
        .col(ColumnDef::new("message_id").big_integer().not_null())
        .col(ColumnDef::new("contact_id").big_integer().not_null())
        .col(time("delivered_at"))
        .col(time("read_at"))
        .col(time("played_at"))
        .primary_key(Index::create().col("message_id").col("contact_id"))
        .foreign_key(&mut belongs_to("group_receipt", "message_id", "message"))
        .foreign_key(&mut belongs_to("group_receipt", "contact_id", "contact"))
        .to_owned()
}

fn group_access() -> TableCreateStatement {
    Table::create()
        .table("group_access")
        .col(ColumnDef::new("chat_id").big_integer().not_null())
        .col(ColumnDef::new("user_id").big_integer().not_null())
        .col(ColumnDef::new("granted_by").big_integer().not_null())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .primary_key(Index::create().col("chat_id").col("user_id"))
        .foreign_key(&mut belongs_to("group_access", "chat_id", "chat"))
        .foreign_key(&mut belongs_to("group_access", "user_id", "user"))
        .foreign_key(&mut belongs_to("group_access", "granted_by", "user"))
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("chat", &["connection_id", "last_at"])
            .name(GROUPS)
            .and_where(Expr::col("contact_id").is_null())
            .to_owned(),
        // The groups of a number, and those that have yet to be fetched.
        index("chat_group", &["connection_id", "fetched_at"]),
        // These serve the cascades, and the merge of two contacts.
        index("group_member", &["contact_id"]),
        index("group_receipt", &["contact_id"]),
        index("group_access", &["user_id"]),
        index("group_access", &["granted_by"]),
    ]
}
