use leptos::prelude::*;
use model::{ChatId, Message, MessageId, WaMessageId};

use crate::ApiError;

/// Queues the sticker of a message that the viewer may read as a new message in `chat`. It may answer the
/// message `reply_to` of that chat. The browser makes `wa_id`, so that a repeated request is the same
/// message. `browser/later/stickers/stickers.js` calls it.
#[server(prefix = "/api", endpoint = "send_sticker")]
pub async fn send_sticker(
    chat: ChatId,
    message: MessageId,
    #[server(default)] wa_id: Option<WaMessageId>,
    #[server(default)] reply_to: Option<MessageId>,
) -> Result<Message, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::stickers::send(&services, &viewer, chat, wa_id, message, reply_to).await?)
}
