use leptos::prelude::*;
use model::User;

use crate::ApiError;

/// Who is logged in.
#[server(prefix = "/api", endpoint = "me")]
pub async fn me() -> Result<User, ApiError> {
    let (_, viewer) = super::asking::viewer().await?;
    Ok(viewer.user().clone())
}
