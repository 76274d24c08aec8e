use leptos::prelude::*;
use model::{MessageId, PollPage};

use crate::ApiError;

/// A poll with the people who voted.
#[server(prefix = "/api", endpoint = "poll")]
pub async fn poll(message: MessageId) -> Result<PollPage, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    let page = service::polls::page(&viewer, message).await?;
    Ok(page)
}
