use leptos::prelude::*;
use model::{ConnectionId, GroupsGranted, UserId};

use crate::ApiError;

/// Decides which groups the grant of a person on a number includes. Administrators only.
#[server(prefix = "/api", endpoint = "set_granted_groups")]
pub async fn set_granted_groups(
    user: UserId,
    connection: ConnectionId,
    groups: GroupsGranted,
) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::groups::set_granted(&services, &viewer, user, connection, groups).await?)
}
