use leptos::prelude::*;
use model::{ChatId, Message, MessageId, WaMessageId};

use crate::ApiError;

/// Queues the deletion of a message of the number for everybody, and returns the message with the
/// pending change. `chat` is the chat of the message.
#[server(prefix = "/api", endpoint = "revoke_message")]
pub async fn revoke_message(
    chat: ChatId,
    message: MessageId,
    #[server(default)] wa_id: Option<WaMessageId>,
) -> Result<Message, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let change = model::Change::Revoke;
    let changed =
        service::messages::change(&services, &viewer, chat, message, wa_id, change).await?;
    Ok(crate::Reader::of_request().describe(changed))
}
