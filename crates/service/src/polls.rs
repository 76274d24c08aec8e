//! Polls: asking, voting, and who voted.

use model::content::Poll;
use model::{ChatId, Message, MessageContent, MessageId, PollPage, WaMessageId};
use store::Viewer;

use crate::messages::or_new;
use crate::{Error, Services};

/// A poll that a person wrote.
#[derive(Debug, Clone)]
pub struct NewPoll {
    pub question: String,
    pub options: Vec<String>,
    /// One person may choose several options.
    pub multiple: bool,
}

/// Queues a poll, which may answer the message `reply_to` of the same chat. A repeated `wa_id` is the same
/// message; without one it gets a new id.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat; those of `Store::enqueue_content`.
pub async fn send(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    wa_id: Option<WaMessageId>,
    poll: NewPoll,
    reply_to: Option<MessageId>,
) -> Result<Message, Error> {
    let (grant, chat) = viewer.write_chat(chat).await?;
    let wa_id = or_new(wa_id)?;
    let content = MessageContent::Poll(Poll {
        question: poll.question,
        options: poll.options,
        choices: (!poll.multiple).then_some(1),
        // The store makes it.
        secret: None,
    });
    Ok(services.store.enqueue_content(&grant, chat.id, wa_id, content, reply_to).await?)
}

/// Queues the vote of the number in a poll, and returns the poll with it. `choices` are positions of its
/// options; none take an earlier vote back. A repeated `wa_id` is the same vote.
///
/// # Errors
/// [`store::Error::NotFound`] unless there is such a poll in a chat that the viewer may write in; those of
/// `Store::enqueue_vote`.
pub async fn vote(
    services: &Services,
    viewer: &Viewer,
    poll: MessageId,
    wa_id: Option<WaMessageId>,
    choices: &[u32],
) -> Result<Message, Error> {
    let chat = viewer.poll(poll).await?.chat;
    let (grant, _) = viewer.write_chat(chat).await?;
    let wa_id = or_new(wa_id)?;
    Ok(services.store.enqueue_vote(&grant, poll, wa_id, choices).await?)
}

/// A poll with the people who voted.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such poll that the viewer may read.
pub async fn page(viewer: &Viewer, poll: MessageId) -> Result<PollPage, Error> {
    Ok(viewer.poll(poll).await?)
}
