use leptos::prelude::*;
use model::{ChatId, Message};

use crate::ApiError;

/// Up to [`MESSAGES_PAGE`](crate::api::MESSAGES_PAGE) messages of a chat, oldest first: the newest,
/// or those before a position.
#[server(prefix = "/api", endpoint = "messages")]
pub async fn messages(
    chat: ChatId,
    #[server(default)] before: Option<i64>,
) -> Result<Vec<Message>, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    let messages = service::messages::page(&viewer, chat, before).await?;
    Ok(crate::Reader::of_request().describe_all(messages))
}
