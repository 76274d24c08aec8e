use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;

/// Unlinks the given number, or the viewer's own, from WhatsApp and deletes its credentials.
#[server(prefix = "/api", endpoint = "disconnect")]
pub async fn disconnect(
    #[server(default)] connection: Option<ConnectionId>,
) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::pairing::disconnect(&services, &viewer, connection).await?)
}
