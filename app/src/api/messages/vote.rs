use leptos::prelude::*;
use model::{MessageId, WaMessageId};

use crate::ApiError;

/// Queues the number's vote in a poll, in place of its earlier one. `choices` are positions of options; none
/// take that vote back. The browser makes `wa_id`, so that a repeated request is the same vote.
#[server(prefix = "/api", endpoint = "vote")]
pub async fn vote(
    message: MessageId,
    #[server(default)] choices: Vec<u32>,
    #[server(default)] wa_id: Option<WaMessageId>,
) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    service::polls::vote(&services, &viewer, message, wa_id, &choices).await?;
    Ok(())
}
