use leptos::prelude::*;

use crate::ApiError;

/// Sets the password of the person whom a link is for, and logs them in. It works once.
#[server(prefix = "/api", endpoint = "use_link")]
pub async fn use_link(token: String, password: String) -> Result<(), ApiError> {
    let app = crate::AppState::of_request()?;
    let ip = crate::auth::origin::ip();
    let user = service::links::spend(&app.services, &token, &password, ip).await?;
    let next = crate::auth::log_in_proved(user.id).await?;
    leptos_axum::redirect(&next);
    Ok(())
}
