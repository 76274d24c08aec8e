use leptos::prelude::*;
use model::{ChatId, UserId};

use crate::ApiError;

/// Gives a group to `people`, and if it is `restricted` to nobody else but the owner of its number and
/// administrators. For users who may manage the number.
#[server(prefix = "/api", endpoint = "set_group_access")]
pub async fn set_group_access(
    chat: ChatId,
    #[server(default)] restricted: bool,
    #[server(default)] people: Vec<UserId>,
) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let access = model::GroupAccess { restricted, people };
    Ok(service::groups::set_access(&services, &viewer, chat, &access).await?)
}
