use leptos::prelude::*;
use model::MessageId;

use crate::ApiError;

/// Returns true if the viewer keeps the sticker of a message. `browser/later/stickers/sticker-dialog.js`
/// calls it.
#[server(prefix = "/api", endpoint = "keeps_sticker")]
pub async fn keeps_sticker(message: MessageId) -> Result<bool, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::stickers::keeps(&viewer, message).await?)
}
