use leptos::prelude::*;
use model::{ChatId, Message, MessageId, WaMessageId};
#[cfg(feature = "ssr")]
use model::{
    MessageContent,
    content::{Coordinates, Place},
};

use crate::ApiError;

/// Queues a place, which may answer the message `reply_to` of the same chat. The point is in degrees; name and
/// address may be empty. `browser/later/places/place-dialog.js` makes `wa_id`, so that a repeated request is
/// the same message.
#[server(prefix = "/api", endpoint = "send_place")]
pub async fn send_place(
    chat: ChatId,
    latitude: f64,
    longitude: f64,
    #[server(default)] name: String,
    #[server(default)] address: String,
    #[server(default)] wa_id: Option<WaMessageId>,
    #[server(default)] reply_to: Option<MessageId>,
) -> Result<Message, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let at = Coordinates::of_degrees(latitude, longitude);
    let place = MessageContent::Location(Place { at, name, address, report: None });
    let sent =
        service::messages::send_content(&services, &viewer, chat, wa_id, place, reply_to).await;
    Ok(sent?)
}
