//! Secrets are encrypted from here on, which no earlier version of the program can read. A second
//! factor has the time of its activation, which sessions are bound to.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0015_sealed"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The values themselves are encrypted when the database is opened, since a migration has no
        // key.
        let confirmed_at =
            ColumnDef::new("confirmed_at").big_integer().not_null().default(0).take();
        let mut totp = Table::alter();
        manager.alter_table(totp.table("totp").add_column(confirmed_at).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut totp = Table::alter();
        manager.alter_table(totp.table("totp").drop_column("confirmed_at").to_owned()).await
    }
}
