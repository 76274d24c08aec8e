use leptos::prelude::*;
use model::Connection;

use crate::ApiError;

/// All connections the viewer sees, with their current state.
#[server(prefix = "/api", endpoint = "status")]
pub async fn status() -> Result<Vec<Connection>, ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
    super::request_context::connections(&app, &viewer).await
}
