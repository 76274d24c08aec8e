use leptos::prelude::*;
use model::{ConnectionId, NumberPage};

use crate::ApiError;

/// The settings of a number, for users who may manage it.
#[server(prefix = "/api", endpoint = "number")]
pub async fn number(connection: ConnectionId) -> Result<NumberPage, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let page = service::numbers::page(&services, &viewer, connection).await?;
    let reader = crate::Reader::of_request();
    let named = |chats: Vec<_>| chats.into_iter().map(|chat| reader.name(chat)).collect();
    Ok(NumberPage { exceptions: page.exceptions.map(named), ..page })
}
