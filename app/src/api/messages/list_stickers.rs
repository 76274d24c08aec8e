use leptos::prelude::*;
use model::{ChatId, Stickers};

use crate::ApiError;

/// The stickers that the viewer chooses from in a conversation: the recent ones of its number, and those
/// that the viewer keeps. `browser/later/stickers/stickers.js` calls it.
#[server(prefix = "/api", endpoint = "stickers")]
pub async fn list_stickers(chat: ChatId) -> Result<Stickers, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::stickers::list(&viewer, chat).await?)
}
