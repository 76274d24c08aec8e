//! The count of the pages of a document, and the table by which phones play a sound or a video that was
//! sent from here while they download it.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0027_document_pages"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let pages = ColumnDef::new(PAGES).big_integer().take();
        // It is in hexadecimal, as the keys of `media`.
        let sidecar = ColumnDef::new(SIDECAR).text().take();
        for column in [pages, sidecar] {
            manager
                .alter_table(Table::alter().table("media").add_column(column).to_owned())
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [SIDECAR, PAGES] {
            manager
                .alter_table(Table::alter().table("media").drop_column(column).to_owned())
                .await?;
        }
        Ok(())
    }
}

const PAGES: &str = "page_count";
const SIDECAR: &str = "streaming_sidecar";
