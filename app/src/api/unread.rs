use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;

/// Unread messages of each number that has any: for tabs that nobody looks at and that therefore have
/// no stream.
#[server(prefix = "/api", endpoint = "unread")]
pub async fn unread() -> Result<Vec<(ConnectionId, u32)>, ApiError> {
    let (_, viewer) = super::asking::viewer().await?;
    Ok(viewer.unread().await?)
}
