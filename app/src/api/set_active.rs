use leptos::prelude::*;
use model::UserId;

use crate::ApiError;

/// Lets somebody in, or keeps them out and ends all they have open. Administrators only, and never so
/// that none is left.
#[server(prefix = "/api", endpoint = "set_active")]
pub async fn set_active(user: UserId, active: bool) -> Result<(), ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    app.store.accounts().set_active(&viewer.admin().await?, user, active).await?;
    leptos_axum::redirect(super::USERS);
    Ok(())
}
