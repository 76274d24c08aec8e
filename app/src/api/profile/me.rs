use leptos::prelude::*;
use model::User;

use crate::ApiError;

/// The user of the session.
#[server(prefix = "/api", endpoint = "me")]
pub async fn me() -> Result<User, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    Ok(viewer.user().clone())
}
