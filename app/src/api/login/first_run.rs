use leptos::prelude::*;

use crate::ApiError;

/// Returns true if there are no users yet, so that the first administrator can be created.
#[server(prefix = "/api", endpoint = "first_run")]
pub async fn first_run() -> Result<bool, ApiError> {
    let app = crate::AppState::of_request()?;
    Ok(service::setup::is_first_run(&app.services).await?)
}
