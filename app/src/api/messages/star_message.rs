use leptos::prelude::*;
use model::{ChatId, Message, MessageId};

use crate::ApiError;

/// Makes a message a favourite of the number, or ends that. Returns the message. `chat` is the chat of the
/// message.
#[server(prefix = "/api", endpoint = "star_message")]
pub async fn star_message(
    chat: ChatId,
    message: MessageId,
    starred: bool,
) -> Result<Message, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let changed = service::chat_state::star(&services, &viewer, chat, message, starred).await?;
    Ok(crate::Reader::of_request().describe(changed))
}
