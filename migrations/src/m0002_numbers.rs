//! Several numbers per person: colours, a declared phone, private conversations, uptime.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::{belongs_to, id, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_numbers"
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
        manager.create_table(connection_up()).await?;
        // It serves two queries: the intervals since a time, and the open interval of a number.
        manager.create_index(index("connection_up", &["seen_at"])).await?;
        manager.create_index(index("connection_up", &["connection_id", "open"])).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("connection_up").to_owned()).await?;
        for (table, column) in columns() {
            let name = column.get_column_name();
            let drop = Table::alter().table(table).drop_column(name).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

fn columns() -> [(&'static str, ColumnDef); 4] {
    let column = |name: &'static str| ColumnDef::new(name);
    [
        ("connection", column("color").text().take()),
        ("connection", column("expected_phone").text().take()),
        ("connection", column("private_by_default").boolean().not_null().default(false).take()),
        // NULL means the setting of the connection.
        ("chat", column("private").boolean().take()),
    ]
}

fn connection_up() -> TableCreateStatement {
    Table::create()
        .table("connection_up")
        .col(id("id"))
        .col(ColumnDef::new("connection_id").big_integer().not_null())
        .col(ColumnDef::new("up_at").big_integer().not_null())
        .col(ColumnDef::new("seen_at").big_integer().not_null())
        .col(ColumnDef::new("open").boolean().not_null())
        .foreign_key(&mut belongs_to("connection_up", "connection_id", "connection"))
        .to_owned()
}
