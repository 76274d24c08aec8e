use leptos::prelude::*;
use model::{Role, User};

use crate::ApiError;

/// Creates a user. Administrators only.
#[server(prefix = "/api", endpoint = "create_user")]
pub async fn create_user(
    name: String,
    email: String,
    password: String,
    role: Role,
) -> Result<User, ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    let user = store::NewUser { name, email, password, role };
    Ok(app.store.accounts().create(&viewer.admin().await?, user).await?)
}
