//! Marking a chat as read.

use model::ChatId;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, sea_query::Expr,
};

use crate::{
    Error, Viewer,
    access::Right,
    chats::read_marks,
    entity::{connection, message},
    live::Change,
    messages::unsent_receipts,
};

impl Viewer {
    /// Marks every message of a chat as read, and queues the read receipts
    /// ([`Receipts`](crate::Receipts)). Returns true if a message was unread.
    ///
    /// The customer sees that a message was read, so this takes the right to write. For a user with
    /// the right to read only, such as a supervisor, it does nothing, and the messages stay unread
    /// for the agents.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such chat that this user may read.
    pub async fn mark_read(&self, id: ChatId) -> Result<bool, Error> {
        let connection = self.chat(id).await?.connection;
        if !self.may(connection, Right::Write).await? {
            return Ok(false);
        }
        let mut writing = self.store().write().await?;
        let waiting = message::head()
            .filter(message::Column::ChatId.eq(id.0))
            .filter(Expr::col(message::Column::Unread.as_column_ref()))
            .order_by_asc(message::Column::Position)
            .all(&writing.tx)
            .await?;
        if waiting.is_empty() {
            return Ok(false);
        }
        read_marks::read_up_to(&writing.tx, id, i64::MAX).await?;

        // A number without a linked phone cannot send receipts.
        let number = connection::Entity::find_by_id(connection.0).one(&writing.tx).await?;
        if number.is_some_and(|number| number.linked) {
            unsent_receipts::queue(&writing.tx, connection, &waiting).await?;
        }
        writing.announce(connection, Change::Chat(id));
        writing.commit().await?;
        Ok(true)
    }
}
