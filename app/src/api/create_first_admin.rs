use leptos::prelude::*;

use crate::ApiError;

/// Creates the first administrator of an installation without users, and logs them in.
#[server(prefix = "/api", endpoint = "create_first_admin")]
pub async fn create_first_admin(
    name: String,
    email: String,
    password: String,
) -> Result<(), ApiError> {
    let app = crate::AppState::of_request()?;
    let admin = store::NewUser {
        name,
        email: email.clone(),
        password: password.clone(),
        role: model::Role::Admin,
    };
    app.store.accounts().create_first_admin(admin, crate::auth::origin::ip()).await?;
    let typed = crate::auth::Credentials { email, password };
    let next = crate::auth::log_in(typed, crate::auth::Remember::No, None).await?;
    leptos_axum::redirect(&next);
    Ok(())
}
