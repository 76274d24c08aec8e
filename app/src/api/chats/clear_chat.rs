use leptos::prelude::*;
use model::ChatId;

use crate::ApiError;

/// Removes all messages of a conversation and redirects to it; if `whole`, the conversation goes from the list
/// as well, and the redirect leads there. For the number's owner and administrators.
#[server(prefix = "/api", endpoint = "clear_chat")]
pub async fn clear_chat(chat: ChatId, whole: bool) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    service::chat_state::clear(&services, &viewer, chat, whole).await?;
    let inbox = crate::api::INBOX;
    leptos_axum::redirect(&match whole {
        true => inbox.to_owned(),
        false => format!("{inbox}/chat/{chat}"),
    });
    Ok(())
}
