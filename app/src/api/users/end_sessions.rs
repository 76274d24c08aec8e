use leptos::prelude::*;
use model::UserId;

use crate::ApiError;

/// Ends all sessions of a user. Administrators only.
#[server(prefix = "/api", endpoint = "end_sessions")]
pub async fn end_sessions(user: UserId) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    service::users::end_sessions(&services, &viewer, user).await?;
    leptos_axum::redirect(crate::api::USERS);
    Ok(())
}
