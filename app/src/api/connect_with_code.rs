use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;

/// Asks WhatsApp for a pairing code for `phone`, written as people write numbers. The code comes as
/// a live event.
#[server(prefix = "/api", endpoint = "connect_with_code")]
pub async fn connect_with_code(
    phone: String,
    #[server(default)] connection: Option<ConnectionId>,
) -> Result<(), ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    let grant = super::asking::manage(&viewer, connection).await?;
    Ok(app.pool.connect_with_code(&grant, &phone).await?)
}
