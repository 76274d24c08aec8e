use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;

/// Makes every conversation of a number private but those marked otherwise, those to come included;
/// or ends that. The number's owner only.
#[server(prefix = "/api", endpoint = "set_private_by_default")]
pub async fn set_private_by_default(
    connection: ConnectionId,
    private: bool,
) -> Result<(), ApiError> {
    let (_, viewer) = super::asking::viewer().await?;
    viewer.set_private_by_default(connection, private).await?;
    leptos_axum::redirect(&super::number_page(connection));
    Ok(())
}
