use leptos::prelude::*;
use model::{ChatId, MessageId, WaMessageId};

use crate::ApiError;

/// Queues a poll, which may answer the message `reply_to` of the same chat. The browser makes `wa_id`, so that
/// a repeated request is the same poll. Empty options are left out.
#[server(prefix = "/api", endpoint = "send_poll")]
pub async fn send_poll(
    chat: ChatId,
    question: String,
    #[server(default)] options: Vec<String>,
    #[server(default)] multiple: Option<String>,
    #[server(default)] wa_id: Option<WaMessageId>,
    #[server(default)] reply_to: Option<MessageId>,
) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let options = options.into_iter().filter(|option| !option.trim().is_empty()).collect();
    let poll = service::polls::NewPoll { question, options, multiple: multiple.is_some() };
    service::polls::send(&services, &viewer, chat, wa_id, poll, reply_to).await?;
    Ok(())
}
