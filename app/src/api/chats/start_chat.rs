use leptos::prelude::*;
use model::ConnectionId;
#[cfg(feature = "ssr")]
use {model::ChatId, service::Services, store::Viewer};

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
    let started = start(&services, &viewer, connection, &phone, choice.as_deref()).await;
    if started.is_err() {
        super::TypedChat::new(connection, &phone).show_next().await?;
    }
    let chat = started?;
    leptos_axum::redirect(&format!("{}/chat/{chat}", crate::api::INBOX));
    Ok(())
}

#[cfg(feature = "ssr")]
async fn start(
    services: &Services,
    viewer: &Viewer,
    connection: ConnectionId,
    phone: &str,
    choice: Option<&str>,
) -> Result<ChatId, ApiError> {
    let phone = crate::api::request_context::phone(phone, choice)?;
    let phone = phone.ok_or(ApiError::Invalid { field: Field::Phone, problem: Problem::Empty })?;
    Ok(service::chats::start(services, viewer, connection, &phone).await?)
}
