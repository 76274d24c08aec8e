use leptos::prelude::*;

use crate::ApiError;

/// Logs in who gave the right password and now a code, and goes where they were going.
#[server(prefix = "/api", endpoint = "finish_login")]
pub async fn finish_login(code: String) -> Result<(), ApiError> {
    let next = crate::auth::finish(&code).await?;
    leptos_axum::redirect(&next);
    Ok(())
}
