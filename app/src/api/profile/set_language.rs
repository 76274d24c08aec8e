use leptos::prelude::*;
use model::Language;

use crate::ApiError;

/// Sets the language of this browser, and of the user if logged in. The form for it reloads the
/// page.
#[server(prefix = "/api", endpoint = "set_language")]
pub async fn set_language(language: Language) -> Result<(), ApiError> {
    match crate::api::request_context::viewer().await {
        Ok((_, viewer)) => service::profile::set_language(&viewer, language).await?,
        Err(ApiError::Unauthenticated) => {}
        Err(error) => return Err(error),
    }
    crate::preferences::remember_language(language);
    Ok(())
}
