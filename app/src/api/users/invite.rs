use leptos::prelude::*;
use model::Role;

use crate::ApiError;

/// Adds a user who chooses their own password, and redirects to the page with their invitation
/// link. Administrators only.
#[server(prefix = "/api", endpoint = "invite")]
pub async fn invite(name: String, email: String, role: Role) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let made = service::links::invite(&services, &viewer, &name, &email, role).await?;
    super::FreshLink::show_next(made).await
}
