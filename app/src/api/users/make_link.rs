use leptos::prelude::*;
use model::UserId;

use crate::ApiError;

/// Creates a new invitation for a user who has not logged in yet, or a link to choose another
/// password. Earlier links stop working. Administrators only.
#[server(prefix = "/api", endpoint = "make_link")]
pub async fn make_link(user: UserId) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let made = service::links::make(&services, &viewer, user).await?;
    super::FreshLink::show_next(made).await
}
