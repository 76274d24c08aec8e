//! Marking a chat as read.

use model::{ChatAspect, ChatId, ConnectionId};
use sea_orm::{ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _};

use crate::{
    Error, Grant, Store, Write,
    chats::{
        actions::{self, NewAction},
        read_marks,
    },
    entity::{chat, connection},
    live::{Change, Work},
    messages::reads,
};

impl Store {
    /// Marks every message of a chat as read, ends its mark as unread, and queues the read receipts in the
    /// outbox if a phone is linked. Returns true if a message was unread, or the chat was marked so.
    ///
    /// Users who may write in a chat mark it as read, and nobody else: the customer sees that a
    /// message was read, and expects an answer. What others look at, such as supervisors, stays
    /// unread for the agents.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the grant is not for the chat, or the chat is private and the user is
    /// not its owner.
    pub async fn mark_read(&self, grant: &Grant<Write>, chat: ChatId) -> Result<bool, Error> {
        let connection = grant.connection();
        let mut writing = self.write().await?;
        let row = grant
            .scope()
            .chats()
            .filter(chat::Column::Id.eq(chat.0))
            .filter(chat::Column::ConnectionId.eq(connection.0))
            .one(&writing.tx)
            .await?
            .filter(|row| grant.is_for(ChatId(row.id)))
            .ok_or(Error::NotFound)?;
        // Only the newest get receipts, so the others are not read.
        let newest = reads::OF_A_CHAT as u64;
        let unread = read_marks::newest_unread(&writing.tx, chat, newest).await?;
        if unread.is_empty() && !row.marked_unread {
            return Ok(false);
        }
        if row.marked_unread {
            let author = Some(grant.user());
            let (aspect, message) = (ChatAspect::Unread, None);
            let read = NewAction { aspect, message, value: 0, author };
            actions::apply(&mut writing, &row, read).await?;
        }
        read_marks::read_up_to(&writing.tx, chat, i64::MAX).await?;

        if is_linked(&writing.tx, connection).await? {
            reads::queue(&writing.tx, (connection, chat), &unread).await?;
            writing.wake(connection, Work::Outbox);
        }
        writing.announce(connection, Change::Chat(chat));
        writing.commit().await?;
        Ok(true)
    }
}

/// Returns true if a number has a linked phone. Without one it cannot send receipts.
pub(super) async fn is_linked(
    tx: &DatabaseTransaction,
    number: ConnectionId,
) -> Result<bool, Error> {
    let number = connection::Entity::find_by_id(number.0).one(tx).await?;
    Ok(number.is_some_and(|number| number.linked))
}
