//! The end of an upload without a file.

use model::{FailReason, MessageId};
use sea_orm::EntityTrait as _;

use super::{delete, message_of_author};
use crate::{Error, Grant, Store, Write, entity::upload, messages::delivery};

impl Store {
    /// Ends an upload, and fails its message. Nothing happens if it has ended already. The caller
    /// deletes the incomplete file.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is somebody else's, or not of the grant's number and chat, or its
    /// chat is private and the user is not its owner.
    pub async fn cancel_upload(
        &self,
        grant: &Grant<Write>,
        message: MessageId,
        reason: FailReason,
    ) -> Result<(), Error> {
        let mut writing = self.write().await?;
        if upload::Entity::find_by_id(message.0).one(&writing.tx).await?.is_none() {
            return Ok(());
        }
        let row = message_of_author(&writing, grant, message).await?;
        delivery::fail(&mut writing, &row, reason).await?;
        delete(&writing, row.id).await?;
        writing.commit().await
    }
}
