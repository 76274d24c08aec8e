use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;
#[cfg(feature = "ssr")]
use crate::error::{Field, Problem};

/// Unlinks a number from WhatsApp and removes it with all its conversations. For its owner and
/// administrators. `confirmation` is the number's name, typed.
#[server(prefix = "/api", endpoint = "remove_number")]
pub async fn remove_number(connection: ConnectionId, confirmation: String) -> Result<(), ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
    let remove = viewer.grant_remove(connection).await?;
    let removal = app.store.removal(&remove).await?;
    if confirmation.trim() != removal.label {
        return Err(ApiError::Invalid { field: Field::Label, problem: Problem::Different });
    }
    // Unlinking comes first, so that the phone keeps no linked device that nobody here knows.
    app.pool.disconnect(&viewer.grant_manage(connection).await?).await?;
    app.pool.remove(&remove).await?;
    leptos_axum::redirect(super::INBOX);
    Ok(())
}
