use leptos::prelude::*;

use crate::ApiError;

/// Ends all sessions of the user except this one.
#[server(prefix = "/api", endpoint = "end_other_sessions")]
pub async fn end_other_sessions() -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let current = crate::auth::current().await?;
    service::profile::end_other_sessions(&services, &viewer, &current).await?;
    // Ending them forgot the known browsers, and this one stays known.
    crate::auth::remember_device(&services, viewer.user().id).await;
    leptos_axum::redirect(&format!("{}?feito=sessao", crate::api::PROFILE));
    Ok(())
}
