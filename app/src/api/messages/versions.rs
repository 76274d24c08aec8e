use leptos::prelude::*;
use model::{MessageId, Version};

use crate::ApiError;

/// The texts that a message has had, oldest first; the last is the current one.
#[server(prefix = "/api", endpoint = "message_versions")]
pub async fn message_versions(message: MessageId) -> Result<Vec<Version>, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::messages::versions(&viewer, message).await?)
}
