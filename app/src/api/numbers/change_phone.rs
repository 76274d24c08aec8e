use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;

/// Lets another phone link a number from now on, and redirects to the page that connects it.
/// Messages of the old phone stay readable and cannot be answered. For users who may manage the
/// number.
#[server(prefix = "/api", endpoint = "change_phone")]
pub async fn change_phone(connection: ConnectionId) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let number = service::numbers::change_phone(&services, &viewer, connection).await?;
    leptos_axum::redirect(&format!("{}?numero={number}", crate::api::INBOX));
    Ok(())
}
