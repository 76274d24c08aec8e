use serde::{Deserialize, Serialize};

use crate::{Chat, ChatFilter, Connection, ConnectionId, Draft, Message, User};

/// The initial data of a page of the inbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboxPage {
    pub me: User,
    /// The last event that the lists below may already contain; the live stream starts after it.
    pub seq: i64,
    pub connections: Vec<Connection>,
    /// The number whose chats are listed; `None` for the chats of all.
    pub number: Option<ConnectionId>,
    /// The chats that are listed.
    #[serde(default)]
    pub filter: ChatFilter,
    /// The first page, newest first.
    pub chats: Vec<Chat>,
    /// Unread messages of each number that has any, including chats that are not listed.
    pub unread: Vec<(ConnectionId, u32)>,
    /// Archived chats of each number that has any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub archived: Vec<(ConnectionId, u32)>,
    /// The viewer's own drafts.
    pub drafts: Vec<Draft>,
    /// The requested conversation.
    pub open: Option<OpenChat>,
}

/// The result of opening a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "a page has one of them")]
pub enum OpenChat {
    /// The chat's row and its newest messages, oldest first.
    Found { chat: Chat, messages: Vec<Message> },
    /// The viewer may read no such chat.
    Missing,
}
