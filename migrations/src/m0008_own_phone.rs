//! A number belongs to one phone: the data of numbers whose phone changed, and of entries that were
//! linked to several phones before.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0008_own_phone"
    }
}

/// From now on an entry belongs to the phone it has. Until now any phone could be linked after an
/// unlink, and the history does not show which one a conversation was held with.
const MARK_MIXED: &str = "UPDATE connection SET maybe_mixed = true WHERE phone IS NOT NULL AND EXISTS ( \
     SELECT 1 FROM audit AS later WHERE later.connection_id = connection.id \
     AND later.action = 'paired' AND EXISTS ( \
         SELECT 1 FROM audit AS earlier WHERE earlier.connection_id = connection.id \
         AND earlier.id < later.id AND earlier.action IN ('paired', 'unlinked')))";

/// An entry that was linked expects the phone it has.
const FORGET_EXPECTED: &str = "UPDATE connection SET expected_phone = NULL WHERE phone IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in columns() {
            // SQLite can add only one column at a time.
            let add = Table::alter().table("connection").add_column(column).to_owned();
            manager.alter_table(add).await?;
        }
        for statement in [MARK_MIXED, FORGET_EXPECTED] {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in columns() {
            let name = column.get_column_name();
            let drop = Table::alter().table("connection").drop_column(name).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

fn columns() -> [ColumnDef; 2] {
    [
        // There is no foreign key: a backup restores rows in the order of their ids, and the
        // successor has the higher one.
        ColumnDef::new("replaced_by").big_integer().take(),
        ColumnDef::new("maybe_mixed").boolean().not_null().default(false).take(),
    ]
}
