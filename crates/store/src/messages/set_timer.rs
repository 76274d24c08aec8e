//! The operation that sets the timer of a chat.

use model::content::System;
use model::{ChatId, ConnectionId, MessageContent, MessageId, UserId};

use super::{content, operations};
use crate::{
    Error,
    entity::{message, outbox},
    write::Writing,
};

/// Queues an operation that sets the timer of a chat, and wakes the session of its number.
pub(crate) async fn queue(
    writing: &mut Writing,
    ids: (ConnectionId, ChatId, MessageId),
    wa_id: &str,
    seconds: u32,
    author: Option<UserId>,
) -> Result<(), Error> {
    let operation = (outbox::TIMER, seconds.to_string());
    operations::queue_sending(writing, operation, ids, wa_id, author).await
}

/// Queues the operation of a notice about a timer again. Returns false for another notice.
pub(super) async fn queue_again(
    writing: &mut Writing,
    row: &message::Model,
) -> Result<bool, Error> {
    let content = content::read(content::column_of(&writing.tx, row.id).await?.as_deref());
    let Some(MessageContent::System(System::Timer { seconds })) = content else {
        return Ok(false);
    };
    let ids = (ConnectionId(row.connection_id), ChatId(row.chat_id), MessageId(row.id));
    queue(writing, ids, &row.wa_id, seconds, row.author_id.map(UserId)).await?;
    Ok(true)
}
