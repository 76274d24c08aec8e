use leptos::prelude::*;

use crate::ApiError;

/// Completes a login after the right password with a code, and redirects to the requested page. In
/// an existing session, turning the second factor on takes the password too.
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
