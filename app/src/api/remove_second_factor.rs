use leptos::prelude::*;

use crate::ApiError;

/// Turns the second factor of who asks off, password and code being the proofs.
#[server(prefix = "/api", endpoint = "remove_second_factor")]
pub async fn remove_second_factor(
    password: String,
    #[server(default)] code: String,
) -> Result<(), ApiError> {
    let (_, viewer) = super::asking::viewer().await?;
    crate::auth::remove_factor(&viewer, &password, &code).await?;
    leptos_axum::redirect(super::PROFILE);
    Ok(())
}
