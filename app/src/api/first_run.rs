use leptos::prelude::*;

use crate::ApiError;

/// Whether nobody has been created yet, so that the first administrator can be.
#[server(prefix = "/api", endpoint = "first_run")]
pub async fn first_run() -> Result<bool, ApiError> {
    let app = crate::AppState::of_request()?;
    Ok(!app.store.accounts().any().await?)
}
