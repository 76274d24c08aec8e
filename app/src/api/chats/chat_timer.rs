use leptos::prelude::*;
use model::{Chat, ChatId};

use crate::ApiError;

/// A conversation of which the viewer may set the timer of disappearing messages.
#[server(prefix = "/api", endpoint = "chat_timer")]
pub async fn chat_timer(chat: ChatId) -> Result<Chat, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    let chat = service::chats::with_timer(&viewer, chat).await?;
    Ok(crate::Reader::of_request().name(chat))
}
