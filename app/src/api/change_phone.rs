use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;

/// Has another phone link a number from now on, and leads to where it is connected. What was said with
/// the old phone stays readable and cannot be answered. For those who may manage the number.
#[server(prefix = "/api", endpoint = "change_phone")]
pub async fn change_phone(connection: ConnectionId) -> Result<(), ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    let grant = viewer.grant_manage(connection).await?;
    let number = app.pool.change_phone(&grant).await?;
    leptos_axum::redirect(&format!("{}?numero={number}", super::INBOX));
    Ok(())
}
