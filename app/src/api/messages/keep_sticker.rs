use leptos::prelude::*;
use model::MessageId;

use crate::ApiError;

/// Keeps the sticker of a message as a favourite of the viewer, or stops to. Returns false if the viewer
/// keeps as many as one may. `browser/later/stickers/stickers.js` calls it.
#[server(prefix = "/api", endpoint = "keep_sticker")]
pub async fn keep_sticker(message: MessageId, keep: bool) -> Result<bool, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::stickers::keep(&services, &viewer, message, keep).await?)
}
