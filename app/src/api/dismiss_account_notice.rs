use leptos::prelude::*;

use crate::ApiError;

/// Notes that a person has read what others did to their account. The profile goes on showing it.
#[server(prefix = "/api", endpoint = "dismiss_account_notice")]
pub async fn dismiss_account_notice() -> Result<(), ApiError> {
    let (_, viewer) = super::asking::viewer().await?;
    Ok(viewer.dismiss_account_notice().await?)
}
