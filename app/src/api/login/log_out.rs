use leptos::prelude::*;

use crate::ApiError;

/// Ends this browser's session.
#[server(prefix = "/api", endpoint = "logout")]
pub async fn logout() -> Result<(), ApiError> {
    crate::auth::log_out().await?;
    leptos_axum::redirect(crate::api::LOGIN);
    Ok(())
}
