use leptos::prelude::*;
use model::ChatId;

use crate::ApiError;

/// Shows the messages of a conversation again that were cleared on the phone, and redirects to it. For the
/// number's owner and administrators.
#[server(prefix = "/api", endpoint = "show_cleared")]
pub async fn show_cleared(chat: ChatId) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    service::chat_state::show_cleared(&services, &viewer, chat).await?;
    leptos_axum::redirect(&format!("{}/chat/{chat}", crate::api::INBOX));
    Ok(())
}
