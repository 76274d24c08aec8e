use leptos::prelude::*;
use model::AccountReset;

use crate::ApiError;

/// Returns what others did to the user's account, until they have read it.
#[server(prefix = "/api", endpoint = "account_notice")]
pub async fn account_notice() -> Result<Option<AccountReset>, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::profile::notice(&viewer).await?)
}
