use leptos::prelude::*;
use model::{ChatId, WaMessageId};

use crate::ApiError;

/// Queues that the number leaves a group, and redirects to its conversation. The page of the form makes
/// `wa_id`, so that a repeated request is the same one.
#[server(prefix = "/api", endpoint = "leave_group")]
pub async fn leave_group(
    chat: ChatId,
    #[server(default)] wa_id: Option<WaMessageId>,
) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    service::groups::leave(&services, &viewer, chat, wa_id).await?;
    leptos_axum::redirect(&format!("{}/chat/{chat}", crate::api::INBOX));
    Ok(())
}
