use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;

/// Starts connecting the given number, or the viewer's own. Returns at once; the QR code comes as a
/// live event. A second call joins the first.
#[server(prefix = "/api", endpoint = "connect")]
pub async fn connect(#[server(default)] connection: Option<ConnectionId>) -> Result<(), ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
    let grant = super::request_context::manage(&viewer, connection).await?;
    Ok(app.pool.connect(&grant).await?)
}
