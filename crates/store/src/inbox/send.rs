//! Sending a message: it is inserted into the chat and the outbox in one transaction.

use std::collections::BTreeSet;

use model::{
    ChatId, ConnectionId, Delivery, Message, MessageContent, MessageId, MessageKind, NewText,
    WaMessageId, bounds,
};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QuerySelect as _,
};

use super::{
    queue::{Composed, Place, queue},
    sendable_content::sendable_content,
};
use crate::{
    Error, Grant, Store, Write,
    entity::{connection, message},
    groups::group_rows,
    media,
    messages::{self, NewQuote, beginning, delivery},
    write::Writing,
};

impl Store {
    /// Queues a text, which may mention people, and empties its draft. `reply_to` is the message that it
    /// answers, of the same chat. If the `wa_id` is stored already (a double click, a repeated request), the stored
    /// message is returned, whatever its text.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the chat does not belong to the grant's number, or is private and
    /// the user is not its owner, and for an answer to a message of another chat, to a call or another
    /// notice; [`Error::Closed`] for a group that takes nothing from the number;
    /// [`Error::Replaced`] when the number's phone changed; [`Error::EmptyText`];
    /// [`Error::TextTooLong`]; [`Error::Invalid`] with [`Field::MessageId`](crate::Field::MessageId)
    /// when the id is taken in another chat of the number, or by a change.
    pub async fn enqueue_text(
        &self,
        grant: &Grant<Write>,
        chat: ChatId,
        wa_id: WaMessageId,
        text: impl Into<NewText> + Send,
        reply_to: Option<MessageId>,
    ) -> Result<Message, Error> {
        self.enqueue_words(grant, chat, wa_id, text.into(), reply_to, None).await
    }

    /// Queues a place, contacts or a poll. The draft of the chat stays. `reply_to` is the message that it
    /// answers, of the same chat. If the `wa_id` is stored already, the stored message is returned,
    /// whatever its content.
    ///
    /// # Errors
    /// Those of [`Self::enqueue_text`], without those about the text; [`Error::Invalid`] with
    /// [`Field::Content`](crate::Field::Content) for a content that is empty, incomplete or beyond its
    /// bounds, and for any other kind.
    pub async fn enqueue_content(
        &self,
        grant: &Grant<Write>,
        chat: ChatId,
        wa_id: WaMessageId,
        content: MessageContent,
        reply_to: Option<MessageId>,
    ) -> Result<Message, Error> {
        let content = sendable_content(content)?;
        let writing = self.write().await?;
        let place = Place::find(&writing.tx, grant, chat, &wa_id).await?;
        if let Some(stored) = place.stored(&writing.tx).await? {
            return Ok(stored);
        }
        let new = Composed {
            wa_id: &wa_id,
            kind: content.kind(),
            text: content.words(),
            quote: quoted(&writing.tx, chat, reply_to).await?,
            content: Some(content),
            forwarded: 0,
            mentions: BTreeSet::new(),
        };
        queue(writing, grant, &place, new).await
    }

    /// Retries the failed part of a message. A message that could not be sent is queued again,
    /// under the same id, so that WhatsApp drops it if it had arrived after all. Its changes, which
    /// failed with it, are not ([`Self::retry_change`]). Its file is uploaded to WhatsApp again unless
    /// WhatsApp has it. A received file that was given up is awaited again.
    /// Any other message is returned unchanged: another user retried it already, or only a browser has
    /// all of its file.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not a message of the grant's number and chat, or its chat is
    /// private and the user is not its owner; [`Error::Replaced`] when the number's phone changed;
    /// [`Error::Closed`] for a group that takes nothing from the number.
    pub async fn retry(&self, grant: &Grant<Write>, message: MessageId) -> Result<Message, Error> {
        let mut writing = self.write().await?;
        let row = writable(&writing.tx, grant, message).await?;
        if matches!(delivery::of(&row)?, Some(Delivery::Failed { .. })) {
            require_current(&writing, grant.connection()).await?;
            let chat = ChatId(row.chat_id);
            // A number leaves a group also where only administrators write.
            if MessageKind::from_name(&row.kind) == MessageKind::System {
                group_rows::require_inside(&writing.tx, chat).await?;
            } else {
                group_rows::require_open(&writing.tx, chat).await?;
            }
            if !delivery::queue_again(&mut writing, &row).await? {
                return loaded(&writing, message).await;
            }
            writing.message_changed(&row);
        } else if !media::retry(&mut writing, message).await? {
            return loaded(&writing, message).await;
        }
        writing.commit_message(message).await
    }
}

/// Returns a message of the grant's number and chat that its user may read, with an empty text.
pub(crate) async fn writable(
    tx: &DatabaseTransaction,
    grant: &Grant<Write>,
    message: MessageId,
) -> Result<message::Model, Error> {
    let row = message::head()
        .filter(message::Column::Id.eq(message.0))
        .filter(message::Column::ConnectionId.eq(grant.connection().0))
        .filter(grant.scope().sees_chat(message::Column::ChatId))
        .one(tx)
        .await?;
    row.filter(|row| grant.is_for(ChatId(row.chat_id))).ok_or(Error::NotFound)
}

/// Refuses to send from a number that was replaced because its phone changed.
pub(crate) async fn require_current(writing: &Writing, number: ConnectionId) -> Result<(), Error> {
    let replaced: Option<Option<i64>> = connection::Entity::find_by_id(number.0)
        .select_only()
        .column(connection::Column::ReplacedBy)
        .into_tuple()
        .one(&writing.tx)
        .await?;
    if replaced.flatten().is_some() { Err(Error::Replaced) } else { Ok(()) }
}

/// Returns a message that the transaction leaves as it is.
pub(super) async fn loaded(writing: &Writing, id: MessageId) -> Result<Message, Error> {
    messages::by_id(&writing.tx, std::iter::once(id)).await?.pop().ok_or(Error::NotFound)
}

#[derive(FromQueryResult)]
struct Quoted {
    wa_id: String,
    sender_id: i64,
    kind: String,
    text: String,
}

/// Returns the quote of the message that is answered in a chat, if there is one.
///
/// # Errors
/// [`Error::NotFound`] if it is of another chat.
pub(crate) async fn quoted(
    tx: &DatabaseTransaction,
    chat: ChatId,
    reply_to: Option<MessageId>,
) -> Result<Option<NewQuote>, Error> {
    match reply_to {
        Some(message) => Ok(Some(quote(tx, chat, message).await?)),
        None => Ok(None),
    }
}

/// Returns the quote of a message of a chat, as it is now.
async fn quote(
    tx: &DatabaseTransaction,
    chat: ChatId,
    message: MessageId,
) -> Result<NewQuote, Error> {
    let quoted: Option<Quoted> = message::Entity::find_by_id(message.0)
        .filter(message::Column::ChatId.eq(chat.0))
        .select_only()
        .columns([message::Column::WaId, message::Column::SenderId, message::Column::Kind])
        .expr_as(beginning(message::Column::Text, bounds::EXCERPT + 1), "text")
        .into_model()
        .one(tx)
        .await?;
    let quoted = quoted.ok_or(Error::NotFound)?;
    let kind = MessageKind::from_name(&quoted.kind);
    if kind.is_notice() {
        // The customer's phone has no such message.
        return Err(Error::NotFound);
    }
    let text = if kind.is_card() { text::line(&quoted.text) } else { quoted.text };
    Ok(NewQuote {
        wa_id: quoted.wa_id,
        sender: Some(quoted.sender_id),
        kind,
        text: text::cut(&text, bounds::EXCERPT).to_owned(),
    })
}
