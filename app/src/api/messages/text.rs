use leptos::prelude::*;
use model::{MessageId, WholeText};

use crate::ApiError;

/// The whole text of a message of which a bubble shows only the beginning.
#[server(prefix = "/api", endpoint = "message_text")]
pub async fn message_text(message: MessageId) -> Result<WholeText, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    let WholeText { text, rich } = service::messages::whole_text(&viewer, message).await?;
    Ok(WholeText { text, rich: crate::Reader::of_request().describe_pieces(rich) })
}
