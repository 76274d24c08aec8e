use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;
#[cfg(feature = "ssr")]
use crate::error::{Field, Problem};

/// Opens the chat of a number with `phone`, in any common notation or as a link, and redirects to it. It
/// is created if the phone has a WhatsApp account; nothing is sent. If the phone is ambiguous, `choice`
/// selects one.
#[server(prefix = "/api", endpoint = "start_chat")]
pub async fn start_chat(
    connection: ConnectionId,
    phone: String,
    #[server(default)] choice: Option<String>,
) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let phone = crate::api::request_context::phone(&phone, choice.as_deref())?;
    let phone = phone.ok_or(ApiError::Invalid { field: Field::Phone, problem: Problem::Empty })?;
    let chat = service::chats::start(&services, &viewer, connection, &phone).await?;
    leptos_axum::redirect(&format!("{}/chat/{chat}", crate::api::INBOX));
    Ok(())
}
