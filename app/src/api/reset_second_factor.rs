use leptos::prelude::*;
use model::UserId;

use crate::ApiError;

/// Removes the second factor of another user, who lost their phone. Administrators only.
#[server(prefix = "/api", endpoint = "reset_second_factor")]
pub async fn reset_second_factor(user: UserId) -> Result<(), ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
    app.store.accounts().totp_reset(&viewer.admin().await?, user).await?;
    leptos_axum::redirect(super::USERS);
    Ok(())
}
