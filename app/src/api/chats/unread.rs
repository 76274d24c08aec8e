use leptos::prelude::*;
use model::{ConnectionId, UserId};

use crate::ApiError;

/// Unread messages of each number that has any, for hidden tabs, which have no stream. `user` is
/// the user of the tabs: another may have logged in in the same browser since.
#[server(prefix = "/api", endpoint = "unread")]
pub async fn unread(
    #[server(default)] user: Option<UserId>,
) -> Result<Vec<(ConnectionId, u32)>, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::chats::unread(&viewer, user).await?)
}
