use leptos::prelude::*;
use model::{ChatId, GroupPage};

use crate::ApiError;

/// The data of a group and its members, and for users who may manage its number the people who may see
/// it.
#[server(prefix = "/api", endpoint = "group")]
pub async fn group(chat: ChatId) -> Result<GroupPage, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::groups::page(&services, &viewer, chat).await?)
}
