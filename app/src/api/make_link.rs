use leptos::prelude::*;
use model::UserId;

use crate::ApiError;

/// A new invitation for somebody who has not come in yet, or a link to choose another password.
/// Links made before stop working. Administrators only.
#[server(prefix = "/api", endpoint = "make_link")]
pub async fn make_link(user: UserId) -> Result<(), ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    let (_, token) = app.store.accounts().make_link(&viewer.admin().await?, user).await?;
    super::FreshLink::show_next(&app, &token).await
}
