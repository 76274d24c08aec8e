use leptos::prelude::*;

use crate::ApiError;

/// Logs in and redirects to `next`, a path of this site, or to the inbox. Users who have or need a
/// second factor are asked for it first.
#[server(prefix = "/api", endpoint = "login")]
pub async fn login(
    email: String,
    password: String,
    #[server(default)] remember: bool,
    #[server(default)] next: Option<String>,
) -> Result<(), ApiError> {
    use crate::auth::Remember;
    let remember = if remember { Remember::Yes } else { Remember::No };
    let next = crate::auth::log_in(&email, &password, remember, next.as_deref()).await?;
    leptos_axum::redirect(&next);
    Ok(())
}
