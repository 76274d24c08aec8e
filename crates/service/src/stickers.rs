//! Stickers: those that a user chooses from, and sending one of them. One that a browser makes of a
//! picture comes as any file ([`crate::uploads`]).

use model::{ChatId, Message, MessageId, Stickers, WaMessageId};
use store::{StickerToSend, Viewer};

use crate::messages::or_new;
use crate::{Error, Services};

/// The recent stickers of the number of a chat, and those that the viewer keeps for it.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such chat that the viewer may read.
pub async fn list(viewer: &Viewer, chat: ChatId) -> Result<Stickers, Error> {
    Ok(viewer.stickers(chat).await?)
}

/// Returns true if the viewer keeps the sticker of a message.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such message that the viewer may read, or it has no sticker.
pub async fn keeps(viewer: &Viewer, message: MessageId) -> Result<bool, Error> {
    Ok(viewer.keeps_sticker(message).await?)
}

/// Keeps the sticker of a message as a favourite of the viewer, or stops to. Returns false if the viewer
/// keeps as many as one may.
///
/// # Errors
/// [`store::Error::NotFound`] unless the message has a sticker and the viewer may write in its chat.
pub async fn keep(
    services: &Services,
    viewer: &Viewer,
    message: MessageId,
    keep: bool,
) -> Result<bool, Error> {
    let number = viewer.media(message).await?.connection;
    let grant = viewer.grant_write(number).await?;
    Ok(services.store.keep_sticker(&grant, message, keep).await?)
}

/// Queues the sticker of a message that the viewer may read as a new message in `chat`, which may answer
/// the message `reply_to` there. A repeated `wa_id` is the same message; without one it gets a new id.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat; those of `Store::send_sticker`.
pub async fn send(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    wa_id: Option<WaMessageId>,
    source: MessageId,
    reply_to: Option<MessageId>,
) -> Result<Message, Error> {
    let (grant, chat) = viewer.write_chat(chat).await?;
    let wa_id = or_new(wa_id)?;
    let sticker = StickerToSend { source, reply_to };
    Ok(services.store.send_sticker(viewer, &grant, chat.id, wa_id, sticker).await?)
}
