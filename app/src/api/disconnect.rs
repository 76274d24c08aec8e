use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;

/// Unlinks the given number, or the viewer's own, from WhatsApp and deletes its credentials.
#[server(prefix = "/api", endpoint = "disconnect")]
pub async fn disconnect(
    #[server(default)] connection: Option<ConnectionId>,
) -> Result<(), ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
    let grant = super::request_context::manage(&viewer, connection).await?;
    Ok(app.pool.disconnect(&grant).await?)
}
