use leptos::prelude::*;
use model::LoginLink;

use crate::ApiError;

/// Whom a link greets. "Not found" for one that is unknown, used, replaced or too old.
#[server(prefix = "/api", endpoint = "link")]
pub async fn link(token: String) -> Result<LoginLink, ApiError> {
    let app = crate::AppState::of_request()?;
    Ok(app.store.accounts().link(&token).await?)
}
