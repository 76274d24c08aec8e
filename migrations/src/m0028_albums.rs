//! Pictures and videos that were sent together.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0028_albums"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let album = ColumnDef::new(ALBUM).text().take();
        let counts = COUNTS.map(|count| ColumnDef::new(count).big_integer().take());
        for column in [album].into_iter().chain(counts) {
            manager
                .alter_table(Table::alter().table("media").add_column(column).to_owned())
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COUNTS.into_iter().chain([ALBUM]) {
            manager
                .alter_table(Table::alter().table("media").drop_column(column).to_owned())
                .await?;
        }
        Ok(())
    }
}

/// WhatsApp's id of the message that announces the album.
const ALBUM: &str = "album";
/// The pictures and videos that it announces, in the row of the file before which it is sent.
const COUNTS: [&str; 2] = ["album_images", "album_videos"];
