use leptos::prelude::*;
use model::AccountReset;

use crate::ApiError;

/// Tells a person what others did to their account, until they have read it.
#[server(prefix = "/api", endpoint = "account_notice")]
pub async fn account_notice() -> Result<Option<AccountReset>, ApiError> {
    let (_, viewer) = super::asking::viewer().await?;
    Ok(viewer.account_notice().await?)
}
