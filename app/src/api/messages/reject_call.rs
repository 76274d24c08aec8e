use leptos::prelude::*;
use model::{ChatId, MessageId};

use crate::ApiError;

/// Rejects a call that rings. `chat` is the chat of its message. `browser/later/calls.js` calls it.
#[server(prefix = "/api", endpoint = "reject_call")]
pub async fn reject_call(chat: ChatId, message: MessageId) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::messages::reject_call(&services, &viewer, chat, message).await?)
}
