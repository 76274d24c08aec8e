use leptos::prelude::*;

use crate::ApiError;

/// Turns the second factor of who asks off, the password being the proof.
#[server(prefix = "/api", endpoint = "remove_second_factor")]
pub async fn remove_second_factor(password: String) -> Result<(), ApiError> {
    let (_, viewer) = super::asking::viewer().await?;
    crate::auth::count_proof(&viewer).await?;
    viewer.totp_disable(&password).await?;
    leptos_axum::redirect(super::PROFILE);
    Ok(())
}
