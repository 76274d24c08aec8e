use leptos::prelude::*;

use crate::ApiError;

/// Turns the second factor of who asks on, the phone's first code being the proof that it works.
#[server(prefix = "/api", endpoint = "confirm_second_factor")]
pub async fn confirm_second_factor(code: String) -> Result<(), ApiError> {
    let (_, viewer) = super::asking::viewer().await?;
    let codes = crate::auth::enrol(&viewer, &code).await?;
    super::RecoveryCodes::show_next(codes, super::PROFILE.to_owned()).await?;
    leptos_axum::redirect(super::SECOND_FACTOR);
    Ok(())
}
