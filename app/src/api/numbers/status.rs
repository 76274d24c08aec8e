use leptos::prelude::*;
use model::Connection;

use crate::ApiError;

/// All connections the viewer sees, with their current state.
#[server(prefix = "/api", endpoint = "status")]
pub async fn status() -> Result<Vec<Connection>, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::numbers::all(&services, &viewer).await?)
}
