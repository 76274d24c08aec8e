use leptos::prelude::*;
use model::User;

use crate::ApiError;

/// All users. Administrators only.
#[server(prefix = "/api", endpoint = "list_users")]
pub async fn list_users() -> Result<Vec<User>, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::users::active(&services, &viewer).await?)
}
