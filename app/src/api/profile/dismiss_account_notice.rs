use leptos::prelude::*;

use crate::ApiError;

/// Records that the user has read what others did to their account. The profile still shows it.
#[server(prefix = "/api", endpoint = "dismiss_account_notice")]
pub async fn dismiss_account_notice() -> Result<(), ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::profile::dismiss_notice(&viewer).await?)
}
