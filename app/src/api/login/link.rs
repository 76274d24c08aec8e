use leptos::prelude::*;
use model::LoginLink;

use crate::ApiError;

/// The person whom a link is for. "Not found" if it is unknown, used, replaced or too old.
#[server(prefix = "/api", endpoint = "link")]
pub async fn link(token: String) -> Result<LoginLink, ApiError> {
    let app = crate::AppState::of_request()?;
    Ok(service::links::find(&app.services, &token).await?)
}
