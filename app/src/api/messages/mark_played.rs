use leptos::prelude::*;
use model::MessageId;

use crate::ApiError;

/// Marks a received voice note as played, here and for its sender. `Store::mark_played` documents who
/// may. `browser/later/voice/player.js` calls it.
#[server(prefix = "/api", endpoint = "mark_played")]
pub async fn mark_played(message: MessageId) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::messages::mark_played(&services, &viewer, message).await?)
}
