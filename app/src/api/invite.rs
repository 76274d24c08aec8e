use leptos::prelude::*;
use model::Role;

use crate::ApiError;

/// Adds a user who chooses their own password, and leads to the link that lets them in.
/// Administrators only.
#[server(prefix = "/api", endpoint = "invite")]
pub async fn invite(name: String, email: String, role: Role) -> Result<(), ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    let admin = viewer.admin().await?;
    let (_, token) = app.store.accounts().invite(&admin, &name, &email, role).await?;
    super::FreshLink::show_next(&app, &token).await
}
