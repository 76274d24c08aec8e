use leptos::prelude::*;
use model::{ChatId, Message, MessageId, WaMessageId};

use crate::ApiError;

/// Queues another text for a message of the number, and returns the message with the pending
/// change. `chat` is the chat of the message. The browser makes `wa_id`, so that a repeated request
/// is the same edit. `edited` is the edit that the text starts from (`Message::edited`), 0 for the
/// message as it was sent: after another edit the text is refused. Without it, it replaces any other.
/// `mentions` are the people whom the new text mentions, as in [`send_text`](super::send_text).
#[server(prefix = "/api", endpoint = "edit_message")]
pub async fn edit_message(
    chat: ChatId,
    message: MessageId,
    text: String,
    #[server(default)] wa_id: Option<WaMessageId>,
    #[server(default)] edited: Option<i64>,
    #[server(default)] mentions: String,
) -> Result<Message, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let text = crate::api::request_context::new_text(text, &mentions)?;
    let edit = service::messages::edit(&services, &viewer, chat, message, wa_id, text, edited);
    Ok(edit.await?)
}
