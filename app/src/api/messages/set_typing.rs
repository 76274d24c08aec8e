use leptos::prelude::*;
use model::{ChatId, Typing};

use crate::ApiError;

/// Shows the customer of a chat that this person types, records a voice note, or has stopped.
/// `browser/later/typing.js` calls it.
#[server(prefix = "/api", endpoint = "typing")]
pub async fn set_typing(chat: ChatId, state: Typing) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::messages::typing(&services, &viewer, chat, state).await?)
}
