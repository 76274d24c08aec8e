use leptos::prelude::*;
use model::ProfilePage;

use crate::ApiError;

/// The profile of the user.
#[server(prefix = "/api", endpoint = "profile")]
pub async fn profile() -> Result<ProfilePage, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let current = crate::auth::current().await?;
    Ok(service::profile::page(&services, &viewer, &current).await?)
}
