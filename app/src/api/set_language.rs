use leptos::prelude::*;

use crate::ApiError;

/// Remembers a language in this browser for a year. The form that asks for it reloads the page.
#[server(prefix = "/api", endpoint = "set_language")]
pub async fn set_language(language: String) -> Result<(), ApiError> {
    let locale: crate::i18n::Locale = language.parse().map_err(|_| ApiError::Malformed)?;
    let cookie = format!(
        "{}={locale}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
        crate::i18n::COOKIE
    );
    let cookie = http::HeaderValue::from_str(&cookie).map_err(ApiError::internal)?;
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.append_header(http::header::SET_COOKIE, cookie);
    }
    Ok(())
}
