use leptos::prelude::*;
use model::{ChatId, Message, MessageId};

use crate::ApiError;

/// Queues a failed message again, under the same WhatsApp id.
#[server(prefix = "/api", endpoint = "retry")]
pub async fn retry(chat: ChatId, message: MessageId) -> Result<Message, ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
    let (grant, _) = viewer.write_chat(chat).await?;
    Ok(app.pool.retry(&grant, message).await?)
}
