use leptos::prelude::*;
use model::ChatId;

use crate::ApiError;

/// Marks a chat as read, here and for the customer. `Store::mark_read` documents who may.
#[server(prefix = "/api", endpoint = "mark_read")]
pub async fn mark_read(chat: ChatId) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::chats::mark_read(&services, &viewer, chat).await?)
}
