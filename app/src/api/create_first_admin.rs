use leptos::prelude::*;

use crate::ApiError;

/// Creates the first administrator of an installation without users, and logs them in. `code` is
/// the one that the server printed.
#[server(prefix = "/api", endpoint = "create_first_admin")]
pub async fn create_first_admin(
    #[server(default)] code: String,
    name: String,
    email: String,
    password: String,
) -> Result<(), ApiError> {
    use crate::auth::{self, setup};

    let app = crate::AppState::of_request()?;
    // With a user present, no code is valid.
    if app.store.accounts().any().await? {
        return Err(ApiError::Forbidden);
    }
    setup::prove(&app, &code)?;
    let admin = store::NewUser { name, email, password, role: model::Role::Admin };
    let created = match app.store.accounts().create_first_admin(admin, auth::origin::ip()).await {
        Ok(created) => created,
        Err(error) => {
            setup::keep(&app, &code);
            return Err(error.into());
        }
    };
    setup::forget(&app);
    // Neither the tries of others nor the queue of password checks may block the owner of the code.
    let next = auth::log_in_proved(created.id).await?;
    leptos_axum::redirect(&next);
    Ok(())
}
