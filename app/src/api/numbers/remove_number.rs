use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;

/// Unlinks a number from WhatsApp and removes it with all its conversations. For its owner and
/// administrators. `confirmation` is the number's name, typed.
#[server(prefix = "/api", endpoint = "remove_number")]
pub async fn remove_number(connection: ConnectionId, confirmation: String) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    service::numbers::remove(&services, &viewer, connection, &confirmation).await?;
    leptos_axum::redirect(crate::api::INBOX);
    Ok(())
}
