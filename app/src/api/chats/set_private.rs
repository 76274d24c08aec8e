use leptos::prelude::*;
use model::ChatId;

use crate::ApiError;

/// Hides a conversation from everybody but the owner of its number, administrators included, or
/// shows it again. Its owner only.
#[server(prefix = "/api", endpoint = "set_private")]
pub async fn set_private(chat: ChatId, private: bool) -> Result<(), ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::chats::set_private(&viewer, chat, private).await?)
}
