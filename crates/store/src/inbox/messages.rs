//! The messages of a chat, in pages.

use model::{ChatId, Message};
use sea_orm::{ColumnTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select};

use crate::{
    Error, Viewer, access::Scope, chats::state::is_shown, entity::message, messages::load,
};

impl Viewer {
    /// Returns at most `limit` messages before a position (the newest for `None`), oldest first.
    /// The position of the first message is the key of the page before.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such chat that this user may read.
    pub async fn messages(
        &self,
        chat: ChatId,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<Message>, Error> {
        // No access is an error, and not an empty page.
        self.chat(chat).await?;
        let select = of_page(self.scope(), chat, before, limit);
        let mut messages = load::rows(self.store().db(), select).await?;
        messages.reverse();
        Ok(messages)
    }
}

/// Selects a page of messages that were not cleared, newest first.
pub(super) fn of_page(
    scope: Scope,
    chat: ChatId,
    before: Option<i64>,
    limit: u64,
) -> Select<message::Entity> {
    let mut select =
        scope.messages().filter(message::Column::ChatId.eq(chat.0)).filter(is_shown(chat));
    if let Some(position) = before {
        select = select.filter(message::Column::Position.lt(position));
    }
    select.order_by_desc(message::Column::Position).limit(limit)
}
