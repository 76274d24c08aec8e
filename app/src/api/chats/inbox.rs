use leptos::prelude::*;
use model::{ChatFilter, ChatId, ConnectionId, InboxPage};

use crate::ApiError;

/// The inbox as the viewer sees it now, with the conversation `chat` open and the chats of `number`
/// listed that `filter` shows. A number that the viewer does not have lists all chats, as without one.
#[server(prefix = "/api", endpoint = "inbox")]
pub async fn inbox(
    #[server(default)] chat: Option<ChatId>,
    #[server(default)] number: Option<ConnectionId>,
    #[server(default)] filter: ChatFilter,
) -> Result<InboxPage, ApiError> {
    use model::OpenChat::{Found, Missing};

    let (services, viewer) = crate::api::request_context::viewer().await?;
    let page = service::inbox::page(&services, &viewer, chat, number, filter).await?;
    let reader = crate::Reader::of_request();
    let chats = page.chats.into_iter().map(|chat| reader.name(chat)).collect();
    let open = page.open.map(|open| match open {
        Found { chat, messages } => {
            Found { chat: reader.name(chat), messages: reader.describe_all(messages) }
        }
        Missing => Missing,
    });
    Ok(InboxPage { chats, open, ..page })
}
