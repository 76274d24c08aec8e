use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;

/// Decides what contacts see of the people who work with a number. For the number's owner and administrators.
#[server(prefix = "/api", endpoint = "set_visibility")]
pub async fn set_visibility(
    connection: ConnectionId,
    #[server(default)] hides_reading: bool,
    #[server(default)] hides_online: bool,
) -> Result<(), ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    let visibility = model::Visibility { hides_reading, hides_online };
    service::numbers::set_visibility(&viewer, connection, visibility).await?;
    leptos_axum::redirect(&crate::api::number_page(connection));
    Ok(())
}
