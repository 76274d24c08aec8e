//! Marking a conversation as read.

use model::ChatId;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, sea_query::Expr,
};

use crate::{
    Error, Viewer,
    access::Right,
    entity::{connection, message},
    live::Change,
    receipts,
};

impl Viewer {
    /// Marks every message of a conversation as read, and queues the receipts for it
    /// ([`Receipts`](crate::Receipts)). Returns whether anything was unread.
    ///
    /// Reading is seen by the customer, so it takes the right to write. For those who may only read
    /// (a supervisor who looks in) this does nothing, and the messages stay unread for those whose
    /// work they are.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such conversation that this user may read.
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
        message::Entity::update_many()
            .col_expr(message::Column::Unread, Expr::val(false))
            .filter(message::Column::ChatId.eq(id.0))
            .filter(Expr::col(message::Column::Unread.as_column_ref()))
            .exec(&writing.tx)
            .await?;

        // Of a number that no phone is linked to nobody can be told.
        let number = connection::Entity::find_by_id(connection.0).one(&writing.tx).await?;
        if number.is_some_and(|number| number.linked) {
            receipts::queue(&writing, connection, &waiting).await?;
        }
        writing.announce(connection, Change::Chat(id));
        writing.commit().await?;
        Ok(true)
    }
}
