use leptos::prelude::*;

use crate::ApiError;

/// Changes the password; the old one is the proof. This browser stays logged in, all other sessions
/// end.
#[server(prefix = "/api", endpoint = "change_password")]
pub async fn change_password(old: String, password: String) -> Result<(), ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    crate::auth::change_password(&viewer, &old, &password).await?;
    leptos_axum::redirect(&format!("{}?feito=senha", crate::api::PROFILE));
    Ok(())
}
