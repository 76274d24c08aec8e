use leptos::prelude::*;
use model::{ChatId, Message, MessageId, WaMessageId};

use crate::ApiError;

/// Queues the text or the file of a message that the viewer may read as a new message in `chat`, which may be a
/// chat of another number. Several chats take a request each. The browser makes `wa_id`, so that a
/// repeated request is the same message.
#[server(prefix = "/api", endpoint = "forward")]
pub async fn forward(
    message: MessageId,
    chat: ChatId,
    #[server(default)] wa_id: Option<WaMessageId>,
) -> Result<Message, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let forwarded = service::messages::forward(&services, &viewer, message, chat, wa_id).await?;
    Ok(crate::Reader::of_request().describe(forwarded))
}
