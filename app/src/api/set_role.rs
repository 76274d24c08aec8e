use leptos::prelude::*;
use model::{Role, UserId};

use crate::ApiError;

/// Gives somebody another role, with effect on everything they have open. Administrators only, and
/// never so that none is left.
#[server(prefix = "/api", endpoint = "set_role")]
pub async fn set_role(user: UserId, role: Role) -> Result<(), ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    app.store.accounts().set_role(&viewer.admin().await?, user, role).await?;
    leptos_axum::redirect(super::USERS);
    Ok(())
}
