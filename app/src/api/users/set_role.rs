use leptos::prelude::*;
use model::{Role, UserId};

use crate::ApiError;

/// Gives a user another role, which takes effect on all pages they have open. Administrators only,
/// and at least one always remains.
#[server(prefix = "/api", endpoint = "set_role")]
pub async fn set_role(user: UserId, role: Role) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    service::users::set_role(&services, &viewer, user, role).await?;
    leptos_axum::redirect(crate::api::USERS);
    Ok(())
}
