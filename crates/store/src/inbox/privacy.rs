//! Private chats, which only the owner of the number reads.

use model::{AuditAction, Chat, ChatId, ConnectionId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, sea_query::Expr,
};

use crate::{
    AccessChanged, Error, NewAuditEntry, Viewer,
    access::Right,
    audit,
    chats::load,
    entity::{chat, connection},
    live::Change,
    messages::uploading,
};

impl Viewer {
    /// Returns the chats of a number that differ from its default, newest first: the private ones
    /// of a number whose chats are not private by default, and the others of one whose chats are.
    ///
    /// # Errors
    /// [`Error::NotFound`] unless this user owns the number.
    pub async fn privacy_exceptions(&self, number: ConnectionId) -> Result<Vec<Chat>, Error> {
        self.require(number, Right::Own).await?;
        let by_default = self.connection(number).await?.private_by_default;
        let marked = self
            .scope()
            .chats()
            .filter(chat::Column::ConnectionId.eq(number.0))
            .filter(chat::Column::Private.eq(!by_default))
            .order_by_desc(chat::Column::LastAt);
        load::rows(self.store().db(), marked).await
    }

    /// Hides a chat from everybody but the owner of its number, admins included, or shows it to all
    /// who may read the number.
    ///
    /// # Errors
    /// [`Error::NotFound`] unless it is a chat of a number that this user owns.
    pub async fn set_chat_private(&self, id: ChatId, private: bool) -> Result<(), Error> {
        let chat = self.chat(id).await?;
        let number = chat.connection;
        self.require(number, Right::Own).await?;
        if chat.private == private {
            return Ok(());
        }
        let mut writing = self.store().write().await?;
        let number_row = connection::Entity::find_by_id(number.0).one(&writing.tx).await?;
        let by_default = number_row.ok_or(Error::NotFound)?.private_by_default;
        // A chat that follows the default of its number has no mark. So undoing a mark leaves no
        // exception that would show the chat once all chats are made private.
        let mark = (private != by_default).then_some(private);
        let changed = chat::Entity::update_many()
            .col_expr(chat::Column::Private, Expr::val(mark))
            .filter(chat::Column::Id.eq(id.0))
            .filter(chat::Column::ConnectionId.eq(number.0))
            .exec(&writing.tx)
            .await?;
        if changed.rows_affected == 0 {
            return Err(Error::NotFound);
        }
        let entry = NewAuditEntry::new(AuditAction::ChatsPrivateChanged)
            .connection(number)
            .detail("chat", id)
            .detail("private", private);
        audit::record(&writing.tx, &self.actor(), entry).await?;
        uploading::fail_unwritable(&mut writing, uploading::of_number(number)).await?;
        writing.announce(number, Change::Chat(id));
        writing.access_changed(AccessChanged::Chats(number));
        writing.commit().await
    }

    /// Makes every chat of a number private, future ones included, except chats with a mark of
    /// their own; or ends that. Chats that are marked as private stay so.
    ///
    /// # Errors
    /// [`Error::NotFound`] unless this user owns the number.
    pub async fn set_private_by_default(
        &self,
        number: ConnectionId,
        private: bool,
    ) -> Result<(), Error> {
        self.require(number, Right::Own).await?;
        let mut writing = self.store().write().await?;
        let changed = connection::Entity::update_many()
            .col_expr(connection::Column::PrivateByDefault, Expr::val(private))
            .filter(connection::Column::Id.eq(number.0))
            .filter(connection::Column::PrivateByDefault.ne(private))
            .exec(&writing.tx)
            .await?;
        if changed.rows_affected == 0 {
            return Ok(());
        }
        let entry = NewAuditEntry::new(AuditAction::ChatsPrivateChanged)
            .connection(number)
            .detail("private_by_default", private);
        audit::record(&writing.tx, &self.actor(), entry).await?;
        uploading::fail_unwritable(&mut writing, uploading::of_number(number)).await?;
        writing.access_changed(number);
        writing.access_changed(AccessChanged::Chats(number));
        writing.commit().await
    }
}
