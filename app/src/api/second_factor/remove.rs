use leptos::prelude::*;

use crate::ApiError;

/// Turns the user's second factor off; password and code are the proofs.
#[server(prefix = "/api", endpoint = "remove_second_factor")]
pub async fn remove_second_factor(
    password: String,
    #[server(default)] code: String,
) -> Result<(), ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    crate::auth::remove_factor(&viewer, &password, &code).await?;
    leptos_axum::redirect(crate::api::PROFILE);
    Ok(())
}
