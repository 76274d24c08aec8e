use leptos::prelude::*;
use model::{Chat, ChatId, Connection, ConnectionId, Draft, Message, User};
use serde::{Deserialize, Serialize};

use crate::ApiError;

/// The initial data of a page of the inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboxPage {
    pub me: User,
    /// The last event that the lists below may already contain; the live stream starts after it.
    pub seq: i64,
    pub connections: Vec<Connection>,
    /// The number whose chats are listed; `None` for the chats of all.
    pub number: Option<ConnectionId>,
    /// The first page, newest first.
    pub chats: Vec<Chat>,
    /// Unread messages of each number that has any, including chats that are not listed.
    pub unread: Vec<(ConnectionId, u32)>,
    /// The viewer's own drafts.
    pub drafts: Vec<Draft>,
    /// The requested conversation.
    pub open: Option<OpenChat>,
}

/// The result of opening a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenChat {
    /// The chat's row and its newest messages, oldest first.
    Found { chat: Chat, messages: Vec<Message> },
    /// The viewer may read no such chat.
    Missing,
}

/// The inbox as the viewer sees it now, with the conversation `chat` open and the chats of `number`
/// listed. A number that the viewer does not have lists all chats, as without one.
#[server(prefix = "/api", endpoint = "inbox")]
pub async fn inbox(
    #[server(default)] chat: Option<ChatId>,
    #[server(default)] number: Option<ConnectionId>,
) -> Result<InboxPage, ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
    // The number is read before the lists: an event between the two is then applied twice, which
    // changes nothing, instead of never.
    let seq = viewer.last_seq().await?;
    let connections = super::request_context::connections(&app, &viewer).await?;
    let number = number.filter(|id| connections.iter().any(|one| one.id == *id));
    let first =
        store::ChatsPage { connection: number, before: None, limit: super::CHATS_PAGE as u64 };
    let open = async {
        match chat {
            Some(chat) => super::messages::open(&viewer, chat).await.map(Some),
            None => Ok(None),
        }
    };
    // The database answers them at the same time, each on a connection of its own.
    let (chats, unread, drafts, open) = futures::try_join!(
        async { viewer.chats(first).await.map_err(ApiError::from) },
        async { viewer.unread().await.map_err(ApiError::from) },
        async { viewer.drafts().await.map_err(ApiError::from) },
        open,
    )?;
    let reader = crate::Reader::of_request();
    let chats = chats.into_iter().map(|chat| reader.name(chat)).collect();
    Ok(InboxPage {
        me: viewer.user().clone(),
        seq,
        connections,
        number,
        chats,
        unread,
        drafts,
        open,
    })
}
