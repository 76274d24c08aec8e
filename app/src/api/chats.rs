use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::{Chat, ChatId};

use crate::ApiError;

/// The next [`super::CHATS_PAGE`] chats below the one named by when it last moved and its id.
#[server(prefix = "/api", endpoint = "chats")]
pub async fn chats(
    #[server(default)] before_at: Option<DateTime<Utc>>,
    #[server(default)] before: Option<ChatId>,
) -> Result<Vec<Chat>, ApiError> {
    let (_, viewer) = super::asking::viewer().await?;
    Ok(viewer
        .chats(store::ChatsPage {
            connection: None,
            before: before_at.zip(before),
            limit: super::CHATS_PAGE as u64,
        })
        .await?)
}
