use leptos::prelude::*;
use model::ChatId;
use model::content::LinkCard;

use crate::ApiError;

/// The preview of the first link of a text that is being written in a chat, which the server fetches from
/// its page; nothing if it has none. `text` needs no more than its words that may be links. The text is sent
/// with the preview, unless `drop_preview` removes it. `browser/later/previews/link-preview.js` calls it.
#[server(prefix = "/api", endpoint = "preview_link")]
pub async fn preview_link(chat: ChatId, text: String) -> Result<Option<LinkCard>, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::link_previews::offer(&services, &viewer, chat, &text).await?)
}
