use leptos::prelude::*;
use model::UserId;

use crate::ApiError;

/// Activates a user, or deactivates them and ends all their sessions. Administrators only, and at
/// least one of them always remains active.
#[server(prefix = "/api", endpoint = "set_active")]
pub async fn set_active(user: UserId, active: bool) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    service::users::set_active(&services, &viewer, user, active).await?;
    leptos_axum::redirect(crate::api::USERS);
    Ok(())
}
