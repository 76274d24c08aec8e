use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;

/// Starts connecting the named number, or the viewer's own. Returns at once; the QR comes as a
/// live event. A second call joins the first.
#[server(prefix = "/api", endpoint = "connect")]
pub async fn connect(#[server(default)] connection: Option<ConnectionId>) -> Result<(), ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    let grant = super::asking::manage(&viewer, connection).await?;
    Ok(app.pool.connect(&grant).await?)
}
