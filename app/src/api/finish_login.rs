use leptos::prelude::*;

use crate::ApiError;

/// Logs in who gave the right password and now a code, and goes where they were going. In a session of
/// before, turning the second factor on takes the password too.
#[server(prefix = "/api", endpoint = "finish_login")]
pub async fn finish_login(
    code: String,
    #[server(default)] password: String,
    #[server(default)] next: Option<String>,
) -> Result<(), ApiError> {
    let next = crate::auth::finish(&code, &password, next.as_deref()).await?;
    leptos_axum::redirect(&next);
    Ok(())
}
