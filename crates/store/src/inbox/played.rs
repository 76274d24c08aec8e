//! Marking a voice note as played.

use model::MessageId;

use super::{read::is_linked, send::writable};
use crate::{
    Error, Grant, Store, Write,
    live::Work,
    messages::{played, reads},
};

impl Store {
    /// Marks a received voice note as played, and queues the receipt in the outbox if a phone is
    /// linked. Returns false if it was played before, or is no received voice note. It reads no
    /// message.
    ///
    /// As with [`Self::mark_read`], only users who may write in a chat do so: what others play stays
    /// unplayed.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not a message of the grant's number and chat, or its chat is
    /// private and the user is not its owner.
    pub async fn mark_played(
        &self,
        grant: &Grant<Write>,
        message: MessageId,
    ) -> Result<bool, Error> {
        let connection = grant.connection();
        let mut writing = self.write().await?;
        let row = writable(&writing.tx, grant, message).await?;
        if !played::mark(&writing.tx, &row).await? {
            return Ok(false);
        }
        if is_linked(&writing.tx, connection).await? {
            reads::queue_played(&writing.tx, &row).await?;
            writing.wake(connection, Work::Outbox);
        }
        writing.message_changed(&row);
        writing.commit().await?;
        Ok(true)
    }
}
