use leptos::prelude::*;
use model::ChatId;

use crate::ApiError;

/// What can be done with a conversation that the viewer may write in.
#[server(prefix = "/api", endpoint = "chat_options")]
pub async fn chat_options(chat: ChatId) -> Result<model::ChatOptions, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    let options = service::chat_state::options(&viewer, chat).await?;
    let chat = crate::Reader::of_request().name(options.chat.clone());
    Ok(model::ChatOptions { chat, ..options })
}
