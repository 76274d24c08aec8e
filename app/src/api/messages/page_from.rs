use leptos::prelude::*;
use model::{Message, MessageId};

use crate::ApiError;

/// Up to [`MESSAGES_FROM`](crate::api::MESSAGES_FROM) messages of a chat, oldest first, from
/// `message` on to just before the position `before`. A jump to a quoted message fills the gap above
/// the loaded ones with them.
#[server(prefix = "/api", endpoint = "messages_from")]
pub async fn messages_from(message: MessageId, before: i64) -> Result<Vec<Message>, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    let messages = service::messages::page_from(&viewer, message, before).await?;
    Ok(crate::Reader::of_request().describe_all(messages))
}
