use leptos::prelude::*;
use model::ChatId;

use crate::ApiError;

/// Marks a chat read here, and on WhatsApp if the viewer may write.
#[server(prefix = "/api", endpoint = "mark_read")]
pub async fn mark_read(chat: ChatId) -> Result<(), ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
    Ok(app.pool.mark_read(&viewer, chat).await?)
}
