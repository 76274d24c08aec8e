use leptos::prelude::*;
use model::{ChatId, ChatTimerChoice, WaMessageId};

use crate::ApiError;

/// Sets the timer after which new messages of a conversation disappear, or turns it off, and redirects
/// to the conversation. The page of the form makes `wa_id`, so that a repeated request is the same
/// setting.
#[server(prefix = "/api", endpoint = "set_timer")]
pub async fn set_timer(
    chat: ChatId,
    timer: ChatTimerChoice,
    #[server(default)] wa_id: Option<WaMessageId>,
) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    service::chats::set_timer(&services, &viewer, chat, wa_id, timer).await?;
    leptos_axum::redirect(&format!("{}/chat/{chat}", crate::api::INBOX));
    Ok(())
}
