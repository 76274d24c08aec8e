use leptos::prelude::*;
use model::Theme;

use crate::ApiError;

/// Sets the theme of the user, in this browser at once and in every other from the next login.
/// Without a value it follows the system.
#[server(prefix = "/api", endpoint = "set_theme")]
pub async fn set_theme(#[server(default)] theme: Option<Theme>) -> Result<(), ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    service::profile::set_theme(&viewer, theme).await?;
    crate::preferences::remember_theme(theme);
    leptos_axum::redirect(crate::api::PROFILE);
    Ok(())
}
