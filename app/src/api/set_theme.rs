use leptos::prelude::*;
use model::Theme;

use crate::ApiError;

/// How the interface looks for who asks, in every browser from their next login and in this one at
/// once; absent follows the system.
#[server(prefix = "/api", endpoint = "set_theme")]
pub async fn set_theme(#[server(default)] theme: Option<Theme>) -> Result<(), ApiError> {
    let (_, viewer) = super::asking::viewer().await?;
    let wanted = model::UserPreferences { theme, ..viewer.preferences().await? };
    viewer.set_preferences(wanted).await?;
    crate::preferences::remember_theme(theme);
    leptos_axum::redirect(super::PROFILE);
    Ok(())
}
