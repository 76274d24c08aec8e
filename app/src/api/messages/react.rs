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
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let change = model::Change::React { emoji };
    let changed =
        service::messages::change(&services, &viewer, chat, message, wa_id, change).await?;
    Ok(crate::Reader::of_request().describe(changed))
}
