use leptos::prelude::*;
use model::Connection;

use crate::ApiError;

/// Every connection the viewer sees, as it is now.
#[server(prefix = "/api", endpoint = "status")]
pub async fn status() -> Result<Vec<Connection>, ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    super::asking::connections(&app, &viewer).await
}
