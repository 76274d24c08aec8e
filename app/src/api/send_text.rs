use leptos::prelude::*;
use model::{ChatId, Message, WaMessageId};

use crate::ApiError;

/// Queues a text. The browser makes `wa_id`, so that a repeated request is the same message; a form
/// without JavaScript sends none.
#[server(prefix = "/api", endpoint = "send_text")]
pub async fn send_text(
    chat: ChatId,
    text: String,
    #[server(default)] wa_id: Option<WaMessageId>,
) -> Result<Message, ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
    let (grant, chat) = viewer.write_chat(chat).await?;
    let wa_id = match wa_id {
        Some(wa_id) => wa_id,
        None => crate::random::message_id().map_err(ApiError::internal)?,
    };
    Ok(app.pool.send_text(&grant, chat.id, wa_id, &text).await?)
}
