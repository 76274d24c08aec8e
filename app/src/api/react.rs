use leptos::prelude::*;
use model::{ChatId, Message, MessageId, WaMessageId};

use crate::ApiError;

/// Queues the number's reaction to a message, in place of its earlier one; an empty `emoji` takes
/// that back. Returns the message with the pending change. `chat` is the chat of the message.
#[server(prefix = "/api", endpoint = "react")]
pub async fn react(
    chat: ChatId,
    message: MessageId,
    emoji: String,
    #[server(default)] wa_id: Option<WaMessageId>,
) -> Result<Message, ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
    let (grant, _) = viewer.write_chat(chat).await?;
    let wa_id = super::request_context::message_id(wa_id)?;
    Ok(app.pool.change(&grant, message, wa_id, model::Change::React { emoji }).await?)
}
