use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;

/// Makes all conversations of a number private by default, future ones included, or ends that.
/// Conversations that are marked otherwise are not affected. The number's owner only.
#[server(prefix = "/api", endpoint = "set_private_by_default")]
pub async fn set_private_by_default(
    connection: ConnectionId,
    private: bool,
) -> Result<(), ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    service::numbers::set_private_by_default(&viewer, connection, private).await?;
    leptos_axum::redirect(&crate::api::number_page(connection));
    Ok(())
}
