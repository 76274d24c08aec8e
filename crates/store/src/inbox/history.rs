//! The history of a message, and of its chat from that message on.

use model::{ChatId, Message, MessageId, MessageKind, Version};
use sea_orm::{ColumnTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select};

use crate::{
    Error, Viewer,
    access::Scope,
    chats::state::is_shown,
    entity::message,
    messages::{beginning, load, long_text::READ_IN_BUBBLE, versions},
};

impl Viewer {
    /// Returns the texts that a message has had, oldest first: the first one, and the edits that
    /// are kept. A message that was not edited has one text.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such message that this user may read, or it was deleted
    /// for everybody.
    pub async fn versions(&self, message: MessageId) -> Result<Vec<Version>, Error> {
        let row = self.row(message).await?;
        if MessageKind::from_name(&row.kind) == MessageKind::Revoked {
            return Err(Error::NotFound);
        }
        versions::of(self.store().db(), &row).await
    }

    /// Returns at most `limit` messages of a chat, oldest first: from a message on, and before a
    /// position. They are loaded to show a quoted message together with what follows it.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such message that this user may read.
    pub async fn messages_from(
        &self,
        message: MessageId,
        before: i64,
        limit: u64,
    ) -> Result<Vec<Message>, Error> {
        let first = self.row(message).await?;
        let chat = ChatId(first.chat_id);
        let select = of_part(self.scope(), chat, first.position, before, limit);
        load::rows(self.store().db(), select).await
    }

    async fn row(&self, id: MessageId) -> Result<message::Model, Error> {
        let row = of_message(self.scope(), id, READ_IN_BUBBLE).one(self.store().db()).await?;
        row.ok_or(Error::NotFound)
    }
}

/// Selects a message with the first characters of its text.
pub(super) fn of_message(
    scope: Scope,
    id: MessageId,
    characters: usize,
) -> Select<message::Entity> {
    message::without_text(scope.messages())
        .expr_as(beginning(message::Column::Text, characters), "text")
        .filter(message::Column::Id.eq(id.0))
}

/// Selects the messages of a chat from one position on and before another, oldest first, without those that
/// were cleared.
pub(super) fn of_part(
    scope: Scope,
    chat: ChatId,
    from: i64,
    before: i64,
    limit: u64,
) -> Select<message::Entity> {
    scope
        .messages()
        .filter(message::Column::ChatId.eq(chat.0))
        .filter(is_shown(chat))
        .filter(message::Column::Position.gte(from))
        .filter(message::Column::Position.lt(before))
        .order_by_asc(message::Column::Position)
        .limit(limit)
}
