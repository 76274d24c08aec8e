use leptos::prelude::*;
use model::ChatId;

use crate::ApiError;

/// Removes the preview of a link: a text with it is sent without a preview in this chat. `link` is that of
/// the preview. `browser/later/previews/link-preview.js` calls it.
#[server(prefix = "/api", endpoint = "drop_preview")]
pub async fn drop_preview(chat: ChatId, link: String) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::link_previews::drop_offer(&services, &viewer, chat, link).await?)
}
