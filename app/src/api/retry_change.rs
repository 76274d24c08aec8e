use leptos::prelude::*;
use model::{ChatId, Message, OperationId};

use crate::ApiError;

/// Queues a failed change of a message again, under the same WhatsApp id. `chat` is the chat of the
/// message.
#[server(prefix = "/api", endpoint = "retry_change")]
pub async fn retry_change(chat: ChatId, operation: OperationId) -> Result<Message, ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
    let (grant, _) = viewer.write_chat(chat).await?;
    Ok(app.pool.retry_change(&grant, operation).await?)
}
