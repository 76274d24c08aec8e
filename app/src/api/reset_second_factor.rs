use leptos::prelude::*;
use model::UserId;

use crate::ApiError;

/// Takes the second factor away of somebody else, who lost their phone. Administrators only.
#[server(prefix = "/api", endpoint = "reset_second_factor")]
pub async fn reset_second_factor(user: UserId) -> Result<(), ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    app.store.accounts().totp_reset(&viewer.admin().await?, user).await?;
    leptos_axum::redirect(super::USERS);
    Ok(())
}
