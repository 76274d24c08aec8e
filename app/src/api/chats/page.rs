use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::{Chat, ChatFilter, ChatId, ConnectionId};

use crate::ApiError;

/// Up to [`CHATS_PAGE`](crate::api::CHATS_PAGE) chats of a number, or of all, that `filter` shows: the first of
/// the list, or those below the chat with the id `before`, which is listed by the time `before_at`.
#[server(prefix = "/api", endpoint = "chats")]
pub async fn chats(
    #[server(default)] connection: Option<ConnectionId>,
    #[server(default)] before_at: Option<DateTime<Utc>>,
    #[server(default)] before: Option<ChatId>,
    #[server(default)] filter: ChatFilter,
) -> Result<Vec<Chat>, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    let chats = service::chats::page(&viewer, connection, filter, before_at.zip(before)).await?;
    Ok(chats.into_iter().map(|chat| crate::Reader::of_request().name(chat)).collect())
}
