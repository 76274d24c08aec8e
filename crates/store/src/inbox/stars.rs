//! The favourite messages of a number, which it shares with its phone.

use model::{ChatAspect, ChatId, Message, MessageId, MessageKind};
use sea_orm::{
    ColumnTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select, sea_query::Expr,
};

use super::{
    chat_state::chat_row,
    send::{loaded, require_current, writable},
};
use crate::{
    Error, Grant, Store, Viewer, Write,
    access::Scope,
    chats::actions::{self, NewAction},
    entity::message,
    messages::load,
};

impl Viewer {
    /// Returns at most `limit` favourite messages of a chat before a position (the newest for `None`),
    /// newest first. Those that were cleared on the phone are among them.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such chat that this user may read.
    pub async fn starred(
        &self,
        chat: ChatId,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<Message>, Error> {
        // No access is an error, and not an empty page.
        self.chat(chat).await?;
        load::rows(self.store().db(), of_chat(self.scope(), chat, before, limit)).await
    }
}

impl Store {
    /// Makes a message a favourite of the number, or ends that, here at once and on its phone once WhatsApp
    /// has it. Returns the message.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not a message of the grant's number and chat, or its chat is private
    /// and the user is not its owner; [`Error::Replaced`] when the number's phone changed;
    /// [`Error::Unchangeable`] for a notice, of which the phone has no message.
    pub async fn star_message(
        &self,
        grant: &Grant<Write>,
        message: MessageId,
        starred: bool,
    ) -> Result<Message, Error> {
        let mut writing = self.write().await?;
        let row = writable(&writing.tx, grant, message).await?;
        require_current(&writing, grant.connection()).await?;
        if MessageKind::from_name(&row.kind).is_notice() {
            return Err(Error::Unchangeable);
        }
        if row.starred == starred {
            return loaded(&writing, message).await;
        }
        let chat = chat_row(&writing.tx, ChatId(row.chat_id)).await?;
        let new = NewAction {
            aspect: ChatAspect::Star,
            message: Some(message),
            value: i64::from(starred),
            author: Some(grant.user()),
        };
        actions::apply(&mut writing, &chat, new).await?;
        writing.commit_changed(&row).await
    }
}

/// Selects the favourite messages of a chat, newest first.
pub(crate) fn of_chat(
    scope: Scope,
    chat: ChatId,
    before: Option<i64>,
    limit: u64,
) -> Select<message::Entity> {
    let mut select = scope
        .messages()
        .filter(message::Column::ChatId.eq(chat.0))
        .filter(Expr::col(message::Column::Starred.as_column_ref()));
    if let Some(position) = before {
        select = select.filter(message::Column::Position.lt(position));
    }
    select.order_by_desc(message::Column::Position).limit(limit)
}
