use leptos::prelude::*;
use model::{MessageId, MessageInfo};

use crate::ApiError;

/// The members of a group who read a message of the number, those on whose phones it is, and the others.
#[server(prefix = "/api", endpoint = "message_info")]
pub async fn receipts(message: MessageId) -> Result<MessageInfo, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::groups::message_info(&viewer, message).await?)
}
