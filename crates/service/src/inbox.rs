//! The page with chats and messages.

use model::{CHATS_PAGE, ChatFilter, ChatId, ConnectionId, InboxPage, MESSAGES_PAGE, OpenChat};
use store::{ChatsPage, Viewer};

use crate::{Error, Services, numbers};

/// The inbox as the viewer sees it now, with the conversation `chat` open and the chats of `number`
/// listed that `filter` shows. A number that the viewer does not have lists all chats, as without one.
///
/// # Errors
/// [`Error::Store`].
pub async fn page(
    services: &Services,
    viewer: &Viewer,
    chat: Option<ChatId>,
    number: Option<ConnectionId>,
    filter: ChatFilter,
) -> Result<InboxPage, Error> {
    // The position is read before the lists: an event between the two is then applied twice, which
    // changes nothing, instead of never.
    let seq = viewer.last_seq().await?;
    let connections = numbers::all(services, viewer).await?;
    let number = number.filter(|id| connections.iter().any(|one| one.id == *id));
    let first = ChatsPage { connection: number, before: None, limit: CHATS_PAGE as u64 };
    let open = async {
        match chat {
            Some(chat) => open(viewer, chat).await.map(Some),
            None => Ok(None),
        }
    };
    // The database answers them at the same time, each on a connection of its own.
    let listed = viewer.filtered_chats(first, filter);
    let (chats, unread, archived, drafts, open) =
        futures::try_join!(listed, viewer.unread(), viewer.archived(), viewer.drafts(), open)?;
    let me = viewer.user().clone();
    Ok(InboxPage { me, seq, connections, number, filter, chats, unread, archived, drafts, open })
}

/// The initial data of an open chat.
async fn open(viewer: &Viewer, chat: ChatId) -> Result<OpenChat, store::Error> {
    let chat = match viewer.chat(chat).await {
        Ok(chat) => chat,
        Err(store::Error::NotFound) => return Ok(OpenChat::Missing),
        Err(error) => return Err(error),
    };
    let messages = viewer.messages(chat.id, None, MESSAGES_PAGE as u64).await?;
    Ok(OpenChat::Found { chat, messages })
}
