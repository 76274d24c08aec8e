use leptos::prelude::*;
use model::SessionId;

use crate::ApiError;

/// Ends one of the logins of who asks.
#[server(prefix = "/api", endpoint = "end_session")]
pub async fn end_session(session: SessionId) -> Result<(), ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    app.store.web_sessions().end(&viewer, &session).await?;
    leptos_axum::redirect(&format!("{}?feito=sessao", super::PROFILE));
    Ok(())
}
