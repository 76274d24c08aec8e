use leptos::prelude::*;
use model::User;

use crate::ApiError;

/// Everybody who may log in. Administrators only.
#[server(prefix = "/api", endpoint = "list_users")]
pub async fn list_users() -> Result<Vec<User>, ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    Ok(app.store.accounts().list(&viewer.admin().await?).await?)
}
