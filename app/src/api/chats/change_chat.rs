use leptos::prelude::*;
use model::{ChatChange, ChatId};

use crate::ApiError;

/// Archives, pins or mutes a conversation, marks it as unread, or undoes one of these, and redirects to it.
/// One that is marked as unread would be read there, so that leads to the list.
#[server(prefix = "/api", endpoint = "change_chat")]
pub async fn change_chat(chat: ChatId, change: ChatChange) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    service::chat_state::change(&services, &viewer, chat, change).await?;
    let inbox = crate::api::INBOX;
    leptos_axum::redirect(&match change {
        ChatChange::MarkUnread => inbox.to_owned(),
        _ => format!("{inbox}/chat/{chat}"),
    });
    Ok(())
}
