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
    use crate::error::{Field, Problem};

    let (app, viewer) = super::request_context::viewer().await?;
    let admin = viewer.admin().await?;
    if connections.is_empty() {
        return Err(ApiError::Invalid { field: Field::Numbers, problem: Problem::Empty });
    }
    let numbers: Vec<_> = connections.into_iter().map(|number| (number, access)).collect();
    Ok(app.store.set_access(&admin, user, &numbers).await?)
}
