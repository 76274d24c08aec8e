use leptos::prelude::*;
use model::EnterKey;

use crate::ApiError;

/// Sets the Enter key of the caller, in this browser at once and in every other from the next login.
/// Without a value the device decides.
#[server(prefix = "/api", endpoint = "set_enter_key")]
pub async fn set_enter_key(#[server(default)] enter_key: Option<EnterKey>) -> Result<(), ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    service::profile::set_enter_key(&viewer, enter_key).await?;
    crate::preferences::remember_enter_key(enter_key);
    leptos_axum::redirect(crate::api::PROFILE);
    Ok(())
}
