use leptos::prelude::*;
use model::{ChatId, Message, MessageId};

use crate::ApiError;

/// Queues a failed message again, under the same WhatsApp id.
#[server(prefix = "/api", endpoint = "retry")]
pub async fn retry(chat: ChatId, message: MessageId) -> Result<Message, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let retried = service::messages::retry(&services, &viewer, chat, message).await?;
    Ok(crate::Reader::of_request().describe(retried))
}
