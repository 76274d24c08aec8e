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
    let admin = store::NewUser { name, email, password, role: model::Role::Admin };
    let ip = auth::origin::ip();
    let created = match service::setup::create_first_admin(&app.services, &code, admin, ip).await {
        Ok(created) => created,
        Err(error) => {
            // A code that was right is needed again.
            let was_right = !matches!(
                error,
                service::Error::WrongSetupCode | service::Error::Store(store::Error::AlreadySetUp)
            );
            if was_right {
                setup::keep(&app, &code);
            }
            return Err(error.into());
        }
    };
    setup::forget(&app);
    // Neither the tries of others nor the queue of password checks may block the owner of the code.
    let next = auth::log_in_proved(created.id).await?;
    leptos_axum::redirect(&next);
    Ok(())
}
