use leptos::prelude::*;
use model::ConnectionsPage;

use crate::ApiError;

/// All numbers. Administrators only.
#[server(prefix = "/api", endpoint = "connections")]
pub async fn connections() -> Result<ConnectionsPage, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::numbers::overview(&services, &viewer).await?)
}
