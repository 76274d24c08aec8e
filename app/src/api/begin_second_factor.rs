use leptos::prelude::*;

use crate::ApiError;

/// Makes a secret for the phone of who asks. Nothing is asked for at login until it is confirmed.
#[server(prefix = "/api", endpoint = "begin_second_factor")]
pub async fn begin_second_factor() -> Result<(), ApiError> {
    let (_, viewer) = super::asking::viewer().await?;
    crate::auth::factor::begin(&viewer, &crate::auth::session().await?.session).await?;
    leptos_axum::redirect(super::SECOND_FACTOR);
    Ok(())
}
