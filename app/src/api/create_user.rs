use leptos::prelude::*;
use model::Role;

use crate::ApiError;

/// Creates a user and leads to the list with them in it. Administrators only.
#[server(prefix = "/api", endpoint = "create_user")]
pub async fn create_user(
    name: String,
    email: String,
    password: String,
    role: Role,
) -> Result<(), ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    let user = store::NewUser { name, email, password, role };
    let user = app.store.accounts().create(&viewer.admin().await?, user).await?;
    leptos_axum::redirect(&format!("{}?novo={}", super::USERS, user.id));
    Ok(())
}
