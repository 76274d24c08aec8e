use leptos::prelude::*;
use model::User;

use crate::ApiError;

/// All users. Administrators only.
#[server(prefix = "/api", endpoint = "list_users")]
pub async fn list_users() -> Result<Vec<User>, ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
    let accounts = app.store.accounts().list(&viewer.admin().await?).await?;
    let active = accounts.into_iter().filter(|account| account.status == model::UserStatus::Active);
    Ok(active.map(|account| account.user).collect())
}
