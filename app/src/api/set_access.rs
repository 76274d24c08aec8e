use leptos::prelude::*;
use model::{Access, ConnectionId, UserId};

use crate::ApiError;

/// Gives a person this access to a number, in place of what they had; none when `access` is absent.
/// Administrators only. It counts from their next request, and at once in what they have open.
#[server(prefix = "/api", endpoint = "set_access")]
pub async fn set_access(
    connection: ConnectionId,
    user: UserId,
    #[server(default)] access: Option<Access>,
) -> Result<(), ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    let admin = viewer.admin().await?;
    app.store.set_access(&admin, user, &[(connection, access)]).await?;
    leptos_axum::redirect(&super::number_page(connection));
    Ok(())
}
