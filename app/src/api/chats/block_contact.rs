use leptos::prelude::*;
use model::ChatId;

use crate::ApiError;

/// Blocks the contact of a conversation, or ends that, and redirects to it.
#[server(prefix = "/api", endpoint = "block_contact")]
pub async fn block_contact(chat: ChatId, blocked: bool) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    service::chat_state::block(&services, &viewer, chat, blocked).await?;
    leptos_axum::redirect(&format!("{}/chat/{chat}", crate::api::INBOX));
    Ok(())
}
