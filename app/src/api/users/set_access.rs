use leptos::prelude::*;
use model::{Access, ConnectionId, UserId};

use crate::ApiError;

/// Gives a person this access to some numbers, in place of their previous access; none if `access`
/// is absent. Administrators only. It takes effect with their next request, and at once on pages
/// they have open.
#[server(prefix = "/api", endpoint = "set_access")]
pub async fn set_access(
    user: UserId,
    #[server(default)] connections: Vec<ConnectionId>,
    #[server(default)] access: Option<Access>,
) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::access::set(&services, &viewer, user, connections, access).await?)
}
