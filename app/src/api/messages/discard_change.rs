use leptos::prelude::*;
use model::{ChatId, Message, OperationId};

use crate::ApiError;

/// Removes a failed change of a message, which stays as it is. `chat` is the chat of the message.
#[server(prefix = "/api", endpoint = "discard_change")]
pub async fn discard_change(chat: ChatId, operation: OperationId) -> Result<Message, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let changed = service::messages::discard_change(&services, &viewer, chat, operation).await?;
    Ok(crate::Reader::of_request().describe(changed))
}
