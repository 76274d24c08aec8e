use leptos::prelude::*;
use model::UserId;

use crate::ApiError;

/// Removes the second factor of another user, who lost their phone. Administrators only.
#[server(prefix = "/api", endpoint = "reset_second_factor")]
pub async fn reset_second_factor(user: UserId) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    service::users::reset_second_factor(&services, &viewer, user).await?;
    leptos_axum::redirect(crate::api::USERS);
    Ok(())
}
