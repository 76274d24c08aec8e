use leptos::prelude::*;

use crate::ApiError;

/// Turns the user's second factor on; their password and the phone's first code are the proofs.
#[server(prefix = "/api", endpoint = "confirm_second_factor")]
pub async fn confirm_second_factor(
    code: String,
    #[server(default)] password: String,
) -> Result<(), ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    if let Some(codes) = crate::auth::enrol(&viewer, &password, &code).await? {
        super::RecoveryCodes::show_next(codes, crate::api::PROFILE.to_owned()).await?;
    }
    leptos_axum::redirect(crate::api::SECOND_FACTOR);
    Ok(())
}
