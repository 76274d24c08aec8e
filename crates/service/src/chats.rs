//! Lists of conversations, and their marks.

use chrono::{DateTime, Utc};
use model::{
    CHATS_PAGE, Chat, ChatFilter, ChatId, ChatTimerChoice, ConnectionId, Message, PhoneNumber,
    UserId, WaMessageId,
};
use store::{ChatsPage, Viewer};

use crate::messages::or_new;
use crate::throttle::key::Key;
use crate::{Error, Services};

/// Up to [`CHATS_PAGE`] chats of a number, or of all, that a filter shows: the first of the list, or those below
/// the chat `before`, given by the time by which it is listed and its id.
///
/// # Errors
/// [`Error::Store`].
pub async fn page(
    viewer: &Viewer,
    connection: Option<ConnectionId>,
    filter: ChatFilter,
    before: Option<(DateTime<Utc>, ChatId)>,
) -> Result<Vec<Chat>, Error> {
    let page = ChatsPage { connection, before, limit: CHATS_PAGE as u64 };
    Ok(viewer.filtered_chats(page, filter).await?)
}

/// Unread messages of each number that has any. `user` is the user of the page: another may have
/// logged in in the same browser since.
///
/// # Errors
/// [`Error::Unauthenticated`] if the viewer is another user.
pub async fn unread(
    viewer: &Viewer,
    user: Option<UserId>,
) -> Result<Vec<(ConnectionId, u32)>, Error> {
    require_same(viewer, user)?;
    Ok(viewer.unread().await?)
}

/// Returns the chat of a number with a phone. If there is none, the WhatsApp account of the phone is looked
/// up from the number, and the chat is created. Nothing is sent.
///
/// Look-ups are slowed down, so that nobody finds out with them which numbers have an account.
///
/// # Errors
/// [`Error::NotYours`] unless the viewer may write from the number; [`store::Error::NotFound`] unless they
/// may see the chat; [`store::Error::Replaced`] when the number's phone changed; [`Error::TooMany`];
/// [`Error::NotConnected`]; [`Error::NoAnswer`]; [`Error::NotOnWhatsapp`].
pub async fn start(
    services: &Services,
    viewer: &Viewer,
    connection: ConnectionId,
    phone: &PhoneNumber,
) -> Result<ChatId, Error> {
    let grant = viewer.grant_write(connection).await.map_err(|error| match error {
        store::Error::NotFound => Error::NotYours,
        other => other.into(),
    })?;
    if let Some(chat) = services.store.chat_with(&grant, phone).await? {
        return Ok(chat);
    }
    let keys = [Key::lookup(viewer.user().id)];
    services.throttle.count(&keys)?;
    let found = services.pool.look_up(&grant, phone).await;
    if found.is_err() {
        // It revealed nothing about the phone.
        services.throttle.take_back(&keys);
    }
    let address = found?.ok_or(Error::NotOnWhatsapp)?;
    Ok(services.store.start_chat(&grant, &address).await?)
}

/// Marks a chat as read, here and for the customer. `Store::mark_read` documents who may.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat.
pub async fn mark_read(services: &Services, viewer: &Viewer, chat: ChatId) -> Result<(), Error> {
    let (grant, chat) = viewer.write_chat(chat).await?;
    services.store.mark_read(&grant, chat.id).await?;
    Ok(())
}

/// Hides a conversation from everybody but the owner of its number, administrators included, or
/// shows it again.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer owns its number.
pub async fn set_private(viewer: &Viewer, chat: ChatId, private: bool) -> Result<(), Error> {
    Ok(viewer.set_chat_private(chat, private).await?)
}

/// Returns a chat of which the viewer may set the timer.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat.
pub async fn with_timer(viewer: &Viewer, chat: ChatId) -> Result<Chat, Error> {
    Ok(viewer.write_chat(chat).await?.1)
}

/// Queues a setting of the timer after which new messages of a chat disappear, and returns the notice
/// about it. A repeated `wa_id` is the same setting.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat, and for a group; those of
/// `Store::enqueue_timer`.
pub async fn set_timer(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    wa_id: Option<WaMessageId>,
    timer: ChatTimerChoice,
) -> Result<Message, Error> {
    let (grant, chat) = viewer.write_chat(chat).await?;
    let wa_id = or_new(wa_id)?;
    Ok(services.store.enqueue_timer(&grant, chat.id, wa_id, timer).await?)
}

/// Refuses a request of a page that was made for another user.
pub(crate) fn require_same(viewer: &Viewer, user: Option<UserId>) -> Result<(), Error> {
    match user.is_some_and(|user| user != viewer.user().id) {
        true => Err(Error::Unauthenticated),
        false => Ok(()),
    }
}
