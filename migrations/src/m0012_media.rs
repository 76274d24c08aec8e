//! The length of each stored file, and the files that are about to be removed to make room.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::index;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0012_media"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // NULL if it is not stored, or was stored before this version. The gateway measures those
        // on the disk, because the length that a sender stated may be wrong.
        let bytes = ColumnDef::new("stored_bytes").big_integer().take();
        manager.alter_table(Table::alter().table("media").add_column(bytes).to_owned()).await?;
        for (name, state) in [("media_stored", "stored"), ("media_evicting", "evicting")] {
            let of_state = index("media", &["connection_id"])
                .name(name)
                .and_where(Expr::col("state").eq(state))
                .to_owned();
            manager.create_index(of_state).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["media_evicting", "media_stored"] {
            manager.drop_index(Index::drop().name(name).table("media").to_owned()).await?;
        }
        let bytes = Table::alter().table("media").drop_column("stored_bytes").to_owned();
        manager.alter_table(bytes).await
    }
}
