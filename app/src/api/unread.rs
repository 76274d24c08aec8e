use leptos::prelude::*;
use model::{ConnectionId, UserId};

use crate::ApiError;

/// Unread messages of each number that has any: for tabs that nobody looks at and that therefore have
/// no stream. `user` is whose tabs they are: another may have logged in in their browser since.
#[server(prefix = "/api", endpoint = "unread")]
pub async fn unread(
    #[server(default)] user: Option<UserId>,
) -> Result<Vec<(ConnectionId, u32)>, ApiError> {
    let (_, viewer) = super::asking::viewer().await?;
    if user.is_some_and(|user| user != viewer.user().id) {
        return Err(ApiError::Unauthenticated);
    }
    Ok(viewer.unread().await?)
}
