//! Sending a message: it is inserted into the chat and the outbox in one transaction.

use model::{
    ChatId, ConnectionId, Delivery, Message, MessageId, MessageKind, WaMessageId, message::MAX_TEXT,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _};

use super::drafts;
use crate::{
    Error, Field, Grant, Store, Write, chats, codec,
    entity::{connection, message},
    live::Change,
    media,
    messages::{self, NewMessage, delivery, position},
    write::Writing,
};

impl Store {
    /// Queues a text, and empties its draft. If the `wa_id` is stored already (a double click, a
    /// repeated request), the stored message is returned, whatever its text.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the chat does not belong to the grant's number, or is private and
    /// the user is not its owner; [`Error::Replaced`] when the number's phone changed;
    /// [`Error::EmptyText`]; [`Error::TextTooLong`]; [`Error::Invalid`] with [`Field::MessageId`]
    /// when the id is taken in another chat of the number.
    pub async fn enqueue_text(
        &self,
        grant: &Grant<Write>,
        chat: ChatId,
        wa_id: WaMessageId,
        text: &str,
    ) -> Result<Message, Error> {
        let text = codec::storable(text);
        if text.trim().is_empty() {
            return Err(Error::EmptyText);
        }
        if text.chars().count() > MAX_TEXT {
            return Err(Error::TextTooLong);
        }
        let connection = grant.connection();
        let mut writing = self.write().await?;
        drafts::require_chat(&writing.tx, grant.scope(), connection, chat).await?;
        require_current(&writing, connection).await?;
        let same_id = message::Entity::find()
            .filter(message::Column::ConnectionId.eq(connection.0))
            .filter(message::Column::WaId.eq(wa_id.as_str()))
            .filter(message::Column::SenderId.eq(message::OURSELVES))
            .one(&writing.tx)
            .await?;
        if let Some(existing) = same_id {
            return match existing.chat_id == chat.0 {
                true => loaded(&writing, MessageId(existing.id)).await,
                false => Err(Error::Invalid(Field::MessageId)),
            };
        }

        drafts::sent(&mut writing, grant.user(), chat, &text).await?;
        let now = codec::now();
        let new = NewMessage {
            connection,
            chat,
            sender: message::OURSELVES,
            wa_id: &wa_id,
            author: Some(grant.user()),
            kind: MessageKind::Text,
            text,
            sent_at: now,
            position: position::at_the_end(&writing.tx, chat, now).await?,
            delivery: Some(Delivery::Queued),
        };
        let id = messages::insert(&writing.tx, new).await?;
        let id = id.ok_or(Error::Invalid(Field::MessageId))?;
        delivery::queue(&writing.tx, connection.0, id).await?;
        chats::refresh_last(&writing.tx, [chat]).await?;
        let message = loaded(&writing, MessageId(id)).await?;
        writing.announce(connection, Change::Message(chat, message.id));
        writing.commit().await?;
        Ok(message)
    }

    /// Retries the failed part of a message. A message that could not be sent is queued again,
    /// under the same id, so that WhatsApp drops it if it had arrived after all. A file that was
    /// given up is awaited again. Any other message is returned unchanged: another user retried it
    /// already.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not a message of the grant's number, or its chat is private
    /// and the user is not its owner; [`Error::Replaced`] when the number's phone changed.
    pub async fn retry(&self, grant: &Grant<Write>, message: MessageId) -> Result<Message, Error> {
        let connection = grant.connection();
        let mut writing = self.write().await?;
        let row = grant
            .scope()
            .messages()
            .filter(message::Column::Id.eq(message.0))
            .filter(message::Column::ConnectionId.eq(connection.0))
            .one(&writing.tx)
            .await?
            .ok_or(Error::NotFound)?;
        if matches!(delivery::of(&row)?, Some(Delivery::Failed { .. })) {
            require_current(&writing, connection).await?;
            delivery::queue_again(&writing.tx, &row).await?;
            writing.message_changed(&row);
        } else if !media::retry(&mut writing, message).await? {
            return loaded(&writing, message).await;
        }
        let retried = loaded(&writing, message).await?;
        writing.commit().await?;
        Ok(retried)
    }
}

/// Refuses to send from a number that was replaced because its phone changed.
async fn require_current(writing: &Writing, number: ConnectionId) -> Result<(), Error> {
    let replaced: Option<Option<i64>> = connection::Entity::find_by_id(number.0)
        .select_only()
        .column(connection::Column::ReplacedBy)
        .into_tuple()
        .one(&writing.tx)
        .await?;
    if replaced.flatten().is_some() { Err(Error::Replaced) } else { Ok(()) }
}

async fn loaded(writing: &Writing, id: MessageId) -> Result<Message, Error> {
    messages::by_id(&writing.tx, std::iter::once(id)).await?.pop().ok_or(Error::NotFound)
}
