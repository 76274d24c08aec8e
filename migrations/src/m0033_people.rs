//! People: the names of businesses, and what is known of the pictures of people and groups.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::{belongs_to, id, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0033_people"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = ColumnDef::new("business_name").text().take();
        manager.alter_table(Table::alter().table("contact").add_column(name).to_owned()).await?;
        manager.create_table(picture()).await?;
        // Each of these finds a picture by its owner, and serves the cascade.
        for owner in ["contact_id", "chat_id"] {
            manager.create_index(index("picture", &[owner]).unique().to_owned()).await?;
        }
        manager.create_index(index("picture", &["connection_id"])).await?;
        // It finds the groups in which a person has written.
        manager.create_index(index("message", &WRITTEN)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Older versions show the sentence of no other notice.
        manager.get_connection().execute_unprepared(NO_NEW_NUMBERS).await?;
        let name = format!("message_{}", WRITTEN.join("_"));
        manager.drop_index(Index::drop().name(name).table("message").to_owned()).await?;
        manager.drop_table(Table::drop().table("picture").to_owned()).await?;
        let name = Table::alter().table("contact").drop_column("business_name").to_owned();
        manager.alter_table(name).await
    }
}

const WRITTEN: [&str; 2] = ["sender_id", "chat_id"];

/// A message whose content is unknown is shown by its kind.
const NO_NEW_NUMBERS: &str =
    "UPDATE message SET content = NULL WHERE kind = 'system' AND content LIKE '%new_number%'";

fn picture() -> TableCreateStatement {
    let number = |name: &'static str| ColumnDef::new(name).big_integer().not_null().take();
    Table::create()
        .table("picture")
        .col(id("id"))
        .col(number("connection_id"))
        // One of the two is set: a person, or the chat of a group.
        .col(ColumnDef::new("contact_id").big_integer())
        .col(ColumnDef::new("chat_id").big_integer())
        .col(number("version"))
        .col(number("asked_at"))
        .col(ColumnDef::new("wa_id").text())
        .foreign_key(&mut belongs_to("picture", "connection_id", "connection"))
        .foreign_key(&mut belongs_to("picture", "contact_id", "contact"))
        .foreign_key(&mut belongs_to("picture", "chat_id", "chat"))
        .to_owned()
}
