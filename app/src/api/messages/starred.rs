use leptos::prelude::*;
use model::{ChatId, Message};

use crate::ApiError;

/// Up to [`MESSAGES_PAGE`](crate::api::MESSAGES_PAGE) favourite messages of a chat, newest first: the newest,
/// or those before a position.
#[server(prefix = "/api", endpoint = "starred")]
pub async fn starred(
    chat: ChatId,
    #[server(default)] before: Option<i64>,
) -> Result<Vec<Message>, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    let messages = service::chat_state::starred(&viewer, chat, before).await?;
    Ok(crate::Reader::of_request().describe_all(messages))
}
