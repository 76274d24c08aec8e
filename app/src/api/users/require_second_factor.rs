use leptos::prelude::*;
use model::Role;

use crate::ApiError;

/// Sets whether all users of a role must have a second factor. Those without one have to turn it on
/// at once. Administrators only.
#[server(prefix = "/api", endpoint = "require_second_factor")]
pub async fn require_second_factor(role: Role, required: bool) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    service::users::require_second_factor(&services, &viewer, role, required).await?;
    leptos_axum::redirect(crate::api::USERS);
    Ok(())
}
