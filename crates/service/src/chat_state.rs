//! What people do with a conversation as a whole. The number's phone does the same then.

use model::{ChatChange, ChatId, ChatOptions, MESSAGES_PAGE, Message, MessageId};
use store::Viewer;

use crate::{Error, Services};

/// Returns what can be done with a conversation.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in it.
pub async fn options(viewer: &Viewer, chat: ChatId) -> Result<ChatOptions, Error> {
    Ok(viewer.chat_options(chat).await?)
}

/// Archives, pins or mutes a conversation, marks it as unread, or undoes one of these.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in it; [`store::Error::Replaced`];
/// [`store::Error::TooManyPinned`].
pub async fn change(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    change: ChatChange,
) -> Result<(), Error> {
    let (grant, chat) = viewer.write_chat(chat).await?;
    Ok(services.store.change_chat(&grant, chat.id, change).await?)
}

/// Blocks the contact of a conversation, or ends that.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in it, and for a group;
/// [`store::Error::Replaced`].
pub async fn block(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    blocked: bool,
) -> Result<(), Error> {
    let (grant, chat) = viewer.write_chat(chat).await?;
    Ok(services.store.block_contact(&grant, chat.id, blocked).await?)
}

/// Removes all messages of a conversation, and if `whole` the conversation from the list as well.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer owns the number, or is an administrator who sees it.
pub async fn clear(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    whole: bool,
) -> Result<(), Error> {
    let (grant, chat) = viewer.remove_in_chat(chat).await?;
    Ok(services.store.clear_chat(&grant, chat.id, whole).await?)
}

/// Shows the messages again that were cleared on the phone.
///
/// # Errors
/// [`store::Error::NotFound`] as in [`clear`].
pub async fn show_cleared(services: &Services, viewer: &Viewer, chat: ChatId) -> Result<(), Error> {
    let (grant, chat) = viewer.remove_in_chat(chat).await?;
    Ok(services.store.show_cleared(&grant, chat.id).await?)
}

/// Makes a message a favourite of the number, or ends that. `chat` is the chat of the message.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat and the message is of it; those of
/// `Store::star_message`.
pub async fn star(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    message: MessageId,
    starred: bool,
) -> Result<Message, Error> {
    let (grant, _) = viewer.write_chat(chat).await?;
    Ok(services.store.star_message(&grant, message, starred).await?)
}

/// Up to [`MESSAGES_PAGE`] favourite messages of a chat, newest first: the newest, or those before a position.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such chat that the viewer may read.
pub async fn starred(
    viewer: &Viewer,
    chat: ChatId,
    before: Option<i64>,
) -> Result<Vec<Message>, Error> {
    Ok(viewer.starred(chat, before, MESSAGES_PAGE as u64).await?)
}
