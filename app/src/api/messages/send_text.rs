use leptos::prelude::*;
use model::{ChatId, Message, MessageId, WaMessageId};

use crate::ApiError;

/// Queues a text, which may answer the message `reply_to` of the same chat. The browser makes
/// `wa_id`, so that a repeated request is the same message; a form without JavaScript sends none.
/// `mentions` are the people of a group whom it mentions, a JSON list of [`model::Mention`], or empty.
#[server(prefix = "/api", endpoint = "send_text")]
pub async fn send_text(
    chat: ChatId,
    text: String,
    #[server(default)] wa_id: Option<WaMessageId>,
    #[server(default)] reply_to: Option<MessageId>,
    #[server(default)] mentions: String,
) -> Result<Message, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let text = crate::api::request_context::new_text(text, &mentions)?;
    Ok(service::messages::send_text(&services, &viewer, chat, wa_id, text, reply_to).await?)
}
