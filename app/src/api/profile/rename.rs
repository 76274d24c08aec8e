use leptos::prelude::*;

use crate::ApiError;

/// Changes the user's name.
#[server(prefix = "/api", endpoint = "rename")]
pub async fn rename(name: String) -> Result<(), ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    service::profile::rename(&viewer, &name).await?;
    leptos_axum::redirect(&format!("{}?feito=nome", crate::api::PROFILE));
    Ok(())
}
