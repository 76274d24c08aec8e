use leptos::prelude::*;
use model::{PersonPage, UserId};

use crate::ApiError;

/// The numbers whose name or phone contains `search`, with one person's access to them.
/// Administrators only.
#[server(prefix = "/api", endpoint = "person")]
pub async fn person(
    user: UserId,
    #[server(default)] search: String,
) -> Result<PersonPage, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::access::person(&services, &viewer, user, &search).await?)
}
