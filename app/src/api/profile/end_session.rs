use leptos::prelude::*;
use model::SessionId;

use crate::ApiError;

/// Ends one of the user's sessions.
#[server(prefix = "/api", endpoint = "end_session")]
pub async fn end_session(session: SessionId) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    service::profile::end_session(&services, &viewer, &session).await?;
    leptos_axum::redirect(&format!("{}?feito=sessao", crate::api::PROFILE));
    Ok(())
}
