use leptos::prelude::*;
use model::{ChatId, Member};

use crate::ApiError;

/// The members of a group whose names or phones have `search` in them, at most 50 and without the number
/// itself, for `browser/later/groups/mentions.js` and `members.js`.
#[server(prefix = "/api", endpoint = "group_members")]
pub async fn group_members(
    chat: ChatId,
    #[server(default)] search: String,
) -> Result<Vec<Member>, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::groups::members(&viewer, chat, &search).await?)
}
