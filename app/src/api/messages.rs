use leptos::prelude::*;
use model::{ChatId, Message};

use crate::ApiError;

/// Up to [`super::MESSAGES_PAGE`] messages of a chat, oldest first: the newest, or those before a
/// position.
#[server(prefix = "/api", endpoint = "messages")]
pub async fn messages(
    chat: ChatId,
    #[server(default)] before: Option<i64>,
) -> Result<Vec<Message>, ApiError> {
    let (_, viewer) = super::request_context::viewer().await?;
    Ok(viewer.messages(chat, before, super::MESSAGES_PAGE as u64).await?)
}

/// The initial data of an open chat.
#[cfg(feature = "ssr")]
pub(super) async fn open(
    viewer: &store::Viewer,
    chat: ChatId,
) -> Result<super::OpenChat, ApiError> {
    let row = match viewer.chat(chat).await {
        Ok(row) => crate::Reader::of_request().name(row),
        Err(store::Error::NotFound) => return Ok(super::OpenChat::Missing),
        Err(error) => return Err(error.into()),
    };
    let messages = viewer.messages(chat, None, super::MESSAGES_PAGE as u64).await?;
    Ok(super::OpenChat::Found { chat: row, messages })
}
