use leptos::prelude::*;

use crate::ApiError;

/// Ends all logins of who asks but the one asking.
#[server(prefix = "/api", endpoint = "end_other_sessions")]
pub async fn end_other_sessions() -> Result<(), ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    let current = crate::auth::current().await?;
    app.store.web_sessions().end_others(&viewer, &current).await?;
    // It forgets the browsers, and this one stays.
    crate::auth::remember_device(&app.store, viewer.user().id).await;
    leptos_axum::redirect(&format!("{}?feito=sessao", super::PROFILE));
    Ok(())
}
