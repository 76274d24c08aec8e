use leptos::prelude::*;

use crate::ApiError;

/// Creates a secret for the user's phone. A login does not ask for it until it is confirmed.
#[server(prefix = "/api", endpoint = "begin_second_factor")]
pub async fn begin_second_factor() -> Result<(), ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    crate::auth::factor::begin(&viewer, &crate::auth::session().await?.session).await?;
    leptos_axum::redirect(crate::api::SECOND_FACTOR);
    Ok(())
}
