use leptos::prelude::*;
use model::{ChatId, Message, OperationId};

use crate::ApiError;

/// Queues a failed change of a message again, under the same WhatsApp id. `chat` is the chat of the
/// message.
#[server(prefix = "/api", endpoint = "retry_change")]
pub async fn retry_change(chat: ChatId, operation: OperationId) -> Result<Message, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let changed = service::messages::retry_change(&services, &viewer, chat, operation).await?;
    Ok(crate::Reader::of_request().describe(changed))
}
