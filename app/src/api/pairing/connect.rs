use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;

/// Starts connecting the given number, or the viewer's own. Returns at once; the QR code comes as a
/// live event. A second call joins the first.
#[server(prefix = "/api", endpoint = "connect")]
pub async fn connect(#[server(default)] connection: Option<ConnectionId>) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::pairing::connect(&services, &viewer, connection).await?)
}
