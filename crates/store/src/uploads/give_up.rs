//! Uploads whose authors may not write any more.

use sea_orm::EntityTrait as _;

use crate::{
    Error, Store,
    entity::upload,
    messages::uploading::{fail_unwritable, unwritable},
};

impl Store {
    /// Fails the messages of uploads whose authors may not write in their chats any more, as cancelled.
    /// Most ways to lose the right do this at once; this is for the others. Returns their number. The
    /// incomplete files go with the next round of [`Self::expire_uploads`].
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn fail_unwritable_uploads(&self) -> Result<usize, Error> {
        // Usually there is none, and the write lock is not needed.
        if unwritable(self.db(), upload::Entity::find()).await?.is_empty() {
            return Ok(0);
        }
        let mut writing = self.write().await?;
        let count = fail_unwritable(&mut writing, upload::Entity::find()).await?;
        writing.commit().await?;
        Ok(count)
    }
}
