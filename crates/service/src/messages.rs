//! The messages of a conversation: reading, sending and changing them. The commit wakes the session
//! of the number, which sends what is queued.

use model::{
    Change, ChatId, MESSAGES_FROM, MESSAGES_PAGE, Message, MessageContent, MessageId, NewText,
    OperationId, Typing, Version, WaMessageId, WholeText,
};
use store::Viewer;

use crate::{Error, Services};

/// Up to [`MESSAGES_PAGE`] messages of a chat, oldest first: the newest, or those before a position.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such chat that the viewer may read.
pub async fn page(
    viewer: &Viewer,
    chat: ChatId,
    before: Option<i64>,
) -> Result<Vec<Message>, Error> {
    Ok(viewer.messages(chat, before, MESSAGES_PAGE as u64).await?)
}

/// Up to [`MESSAGES_FROM`] messages of a chat, oldest first, from `message` on to just before the
/// position `before`.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such message that the viewer may read.
pub async fn page_from(
    viewer: &Viewer,
    message: MessageId,
    before: i64,
) -> Result<Vec<Message>, Error> {
    Ok(viewer.messages_from(message, before, MESSAGES_FROM).await?)
}

/// The whole text of a message of which a bubble shows only the beginning.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such message that the viewer may read.
pub async fn whole_text(viewer: &Viewer, message: MessageId) -> Result<WholeText, Error> {
    Ok(viewer.message_text(message).await?)
}

/// The texts that a message has had, oldest first; the last is the current one.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such message that the viewer may read.
pub async fn versions(viewer: &Viewer, message: MessageId) -> Result<Vec<Version>, Error> {
    Ok(viewer.versions(message).await?)
}

/// Queues a text, which may mention people and answer the message `reply_to` of the same chat. A repeated
/// `wa_id` is the same message; without one it gets a new id. It has the preview of its first link that the viewer
/// saw, unless they removed it ([`crate::link_previews`]).
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat; those of
/// `Store::enqueue_text`.
pub async fn send_text(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    wa_id: Option<WaMessageId>,
    text: impl Into<NewText> + Send,
    reply_to: Option<MessageId>,
) -> Result<Message, Error> {
    let text = text.into();
    let (grant, chat) = viewer.write_chat(chat).await?;
    let wa_id = or_new(wa_id)?;
    let (store, user) = (&services.store, viewer.user().id);
    let previews = services.link_previews.as_ref();
    let offered = previews.and_then(|all| Some((all, all.of_text(user, chat.id, &text.text)?)));
    let Some((previews, preview)) = offered else {
        return Ok(store.enqueue_text(&grant, chat.id, wa_id, text, reply_to).await?);
    };
    let link = preview.preview.link.clone();
    let sent = store.enqueue_linked_text(&grant, chat.id, wa_id, text, reply_to, preview).await?;
    previews.forget(user, chat.id, link);
    Ok(sent)
}

/// Queues a place, contacts or a poll, which may answer the message `reply_to` of the same chat. A repeated
/// `wa_id` is the same message; without one it gets a new id.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat; those of
/// `Store::enqueue_content`.
pub async fn send_content(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    wa_id: Option<WaMessageId>,
    content: MessageContent,
    reply_to: Option<MessageId>,
) -> Result<Message, Error> {
    let (grant, chat) = viewer.write_chat(chat).await?;
    let wa_id = or_new(wa_id)?;
    Ok(services.store.enqueue_content(&grant, chat.id, wa_id, content, reply_to).await?)
}

/// Queues the text, the file or the card of a message that the viewer may read as a new message in `chat`, which
/// may be a chat of another number. A repeated `wa_id` is the same message.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat; those of `Store::forward`.
pub async fn forward(
    services: &Services,
    viewer: &Viewer,
    message: MessageId,
    chat: ChatId,
    wa_id: Option<WaMessageId>,
) -> Result<Message, Error> {
    let (grant, chat) = viewer.write_chat(chat).await?;
    let wa_id = or_new(wa_id)?;
    Ok(services.store.forward(viewer, &grant, chat.id, wa_id, message).await?)
}

/// Queues another text for a message of the number, and returns the message with the pending change.
/// `chat` is the chat of the message. `edited` is the edit that the text starts from
/// ([`Message::edited`]), 0 for the message as it was sent. Without it the text replaces any other.
/// A repeated `wa_id` is the same edit.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat; those of
/// `Store::enqueue_edit`.
pub async fn edit(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    message: MessageId,
    wa_id: Option<WaMessageId>,
    text: impl Into<NewText> + Send,
    edited: Option<i64>,
) -> Result<Message, Error> {
    let (grant, _) = viewer.write_chat(chat).await?;
    let wa_id = or_new(wa_id)?;
    Ok(services.store.enqueue_edit(&grant, message, wa_id, text, edited).await?)
}

/// Queues a deletion for everybody or a reaction of the number, and returns the message with the
/// pending change. `chat` is the chat of the message. A repeated `wa_id` is the same change.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat; those of
/// `Store::enqueue_change`.
pub async fn change(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    message: MessageId,
    wa_id: Option<WaMessageId>,
    change: Change,
) -> Result<Message, Error> {
    let (grant, _) = viewer.write_chat(chat).await?;
    let wa_id = or_new(wa_id)?;
    Ok(services.store.enqueue_change(&grant, message, wa_id, change).await?)
}

/// Queues a failed message of a chat again, under the same WhatsApp id, or the download of its file.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat; those of `Store::retry`.
pub async fn retry(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    message: MessageId,
) -> Result<Message, Error> {
    let (grant, _) = viewer.write_chat(chat).await?;
    Ok(services.store.retry(&grant, message).await?)
}

/// Marks a received voice note as played, here and for its sender. `Store::mark_played` documents who
/// may.
///
/// # Errors
/// [`store::Error::NotFound`] unless the message has a file and the viewer may write in its chat.
pub async fn mark_played(
    services: &Services,
    viewer: &Viewer,
    message: MessageId,
) -> Result<(), Error> {
    let number = viewer.media(message).await?.connection;
    let grant = viewer.grant_write(number).await?;
    services.store.mark_played(&grant, message).await?;
    Ok(())
}

/// Shows the customer of a chat what the viewer does in it. Nothing is sent, and nothing is kept for
/// later, while the number is not connected, nor if it hides when people work with it.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat.
pub async fn typing(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    typing: Typing,
) -> Result<(), Error> {
    let (grant, chat) = viewer.write_chat(chat).await?;
    if services.store.visibility_of(&grant).await?.hides_online {
        return Ok(());
    }
    let address = services.store.chat_address(&grant, chat.id).await?;
    services.pool.typing(&grant, &address, typing).await;
    Ok(())
}

/// Rejects a call that rings, in the chat with the caller. One that does not ring any more needs
/// nothing.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat and the message is of it;
/// [`Error::NotConnected`].
pub async fn reject_call(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    message: MessageId,
) -> Result<(), Error> {
    let (grant, _) = viewer.write_chat(chat).await?;
    let Some(call) = services.store.ringing_call(&grant, message).await? else { return Ok(()) };
    let is_over = services.pool.reject_call(&grant, &call).await
        || services.store.ringing_call(&grant, message).await?.is_none();
    if is_over { Ok(()) } else { Err(Error::NotConnected) }
}

/// Queues a failed change of a message again, under the same WhatsApp id. `chat` is the chat of the
/// message.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat; those of
/// `Store::retry_change`.
pub async fn retry_change(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    operation: OperationId,
) -> Result<Message, Error> {
    let (grant, _) = viewer.write_chat(chat).await?;
    Ok(services.store.retry_change(&grant, operation).await?)
}

/// Removes a failed change of a message, which stays as it is. `chat` is the chat of the message.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat; those of
/// `Store::discard_change`.
pub async fn discard_change(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    operation: OperationId,
) -> Result<Message, Error> {
    let (grant, _) = viewer.write_chat(chat).await?;
    Ok(services.store.discard_change(&grant, operation).await?)
}

/// The WhatsApp id of something to send: the caller's, or a new one.
pub(crate) fn or_new(given: Option<WaMessageId>) -> Result<WaMessageId, store::Error> {
    match given {
        Some(id) => Ok(id),
        None => store::new_message_id(),
    }
}
