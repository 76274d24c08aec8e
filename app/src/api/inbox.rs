use leptos::prelude::*;
use model::{Chat, ChatId, Connection, ConnectionId, Draft, Message, User};
use serde::{Deserialize, Serialize};

use crate::ApiError;

/// Everything a page of the inbox shows when it opens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboxPage {
    pub me: User,
    /// The last event that the lists below may already contain; the live stream starts after it.
    pub seq: i64,
    pub connections: Vec<Connection>,
    /// The one whose chats are listed; `None` for those of all.
    pub number: Option<ConnectionId>,
    /// The first page, newest first.
    pub chats: Vec<Chat>,
    /// Unread messages of each number that has any, in chats that are listed or not.
    pub unread: Vec<(ConnectionId, u32)>,
    /// The viewer's own drafts.
    pub drafts: Vec<Draft>,
    /// The conversation that was asked for.
    pub open: Option<OpenChat>,
}

/// A conversation as it opens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenChat {
    /// Its row and its newest messages, oldest first.
    Found { chat: Chat, messages: Vec<Message> },
    /// No such chat among those this viewer may read.
    Missing,
}

/// The inbox as the viewer sees it now, with the conversation `chat` open and the chats of `number`
/// listed. A number that is none of the viewer's lists all, as without one.
#[server(prefix = "/api", endpoint = "inbox")]
pub async fn inbox(
    #[server(default)] chat: Option<ChatId>,
    #[server(default)] number: Option<ConnectionId>,
) -> Result<InboxPage, ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    // Before the lists: an event between the two is then shown twice, which changes nothing,
    // instead of never.
    let seq = viewer.last_seq().await?;
    let connections = super::asking::connections(&app, &viewer).await?;
    let number = number.filter(|id| connections.iter().any(|one| one.id == *id));
    let first =
        store::ChatsPage { connection: number, before: None, limit: super::CHATS_PAGE as u64 };
    Ok(InboxPage {
        me: viewer.user().clone(),
        seq,
        connections,
        number,
        chats: {
            let chats = viewer.chats(first).await?.into_iter();
            chats.map(|chat| crate::Reader::asking().name(chat)).collect()
        },
        unread: viewer.unread().await?,
        drafts: viewer.drafts().await?,
        open: match chat {
            Some(chat) => Some(super::messages::open(&viewer, chat).await?),
            None => None,
        },
    })
}
