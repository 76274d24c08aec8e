//! The end of an upload without a file.

use model::{FailReason, MessageId};
use sea_orm::EntityTrait as _;

use super::{delete, is_queued};
use crate::{
    Error, Grant, Store, Write, entity::upload, inbox::send::writable, messages::delivery,
};

impl Store {
    /// Ends an upload, of whoever it is, and fails its message. Returns false, and does nothing, if it has
    /// ended already. Otherwise the caller deletes the incomplete file.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is no message of the grant's number and chat, or its chat is private
    /// and the user is not its owner.
    pub async fn cancel_upload(
        &self,
        grant: &Grant<Write>,
        message: MessageId,
        reason: FailReason,
    ) -> Result<bool, Error> {
        let mut writing = self.write().await?;
        let row = writable(&writing.tx, grant, message).await?;
        let upload = upload::Entity::find_by_id(row.id).one(&writing.tx).await?;
        if upload.is_none() || !is_queued(&row)? {
            return Ok(false);
        }
        delivery::fail(&mut writing, &row, reason).await?;
        delete(&writing, row.id).await?;
        writing.commit().await?;
        Ok(true)
    }
}
