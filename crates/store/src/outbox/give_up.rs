//! Operations that are not sent any more.

use std::time::Duration;

use model::{ChatId, ConnectionId, FailReason, MessageId};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, Select};

use crate::{
    Error, Store, codec,
    entity::{message, outbox},
    live::{Change, Work},
    messages::{delivery, operations},
    write::Writing,
};

impl Store {
    /// Fails, as [`FailReason::Expired`], operations that have waited for longer than this: an
    /// answer of last week must not be sent unexpectedly. Returns their count. Receipts last
    /// longer ([`Store::prune`]).
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn expire_queued(&self, waited: Duration) -> Result<usize, Error> {
        let oldest = codec::now() - i64::try_from(waited.as_micros()).unwrap_or(i64::MAX);
        let expired = outbox::Entity::find()
            .filter(outbox::Column::Kind.is_not_in(outbox::RECEIPTS))
            .filter(outbox::Column::QueuedAt.lt(oldest))
            .filter(outbox::Column::Failed.is_null());
        // Usually nothing has expired, and the write lock is not needed.
        if expired.clone().one(self.db()).await?.is_none() {
            return Ok(0);
        }
        let mut writing = self.write().await?;
        let count = fail_waiting(&mut writing, expired, FailReason::Expired).await?;
        writing.commit().await?;
        Ok(count)
    }
}

/// Fails the selected messages and changes that have not failed yet. Returns their count, without
/// the changes that fail with their message.
pub(crate) async fn fail_waiting(
    writing: &mut Writing,
    waiting: Select<outbox::Entity>,
    reason: FailReason,
) -> Result<usize, Error> {
    let rows = waiting
        .filter(outbox::Column::Failed.is_null())
        .order_by_asc(outbox::Column::Id)
        .all(&writing.tx)
        .await?;
    let mut count = 0;
    for row in &rows {
        count += usize::from(fail(writing, row, reason).await?);
    }
    Ok(count)
}

/// Fails a message or a change. Returns false if it has failed already, or is gone.
async fn fail(
    writing: &mut Writing,
    row: &outbox::Model,
    reason: FailReason,
) -> Result<bool, Error> {
    let has_failed = match &*row.kind {
        outbox::SEND | outbox::UPLOAD | outbox::TIMER | outbox::LEAVE => {
            fail_message(writing, row.message_id, reason).await?
        }
        _ => operations::fail(&writing.tx, row.id, reason).await?,
    };
    if has_failed {
        let change = Change::Message(ChatId(row.chat_id), MessageId(row.message_id));
        let connection = ConnectionId(row.connection_id);
        writing.announce(connection, change);
        // Operations that waited for it may go now.
        writing.wake(connection, Work::Outbox);
    }
    Ok(has_failed)
}

async fn fail_message(
    writing: &mut Writing,
    message: i64,
    reason: FailReason,
) -> Result<bool, Error> {
    let row = message::head().filter(message::Column::Id.eq(message)).one(&writing.tx).await?;
    match row {
        Some(row) => delivery::fail(writing, &row, reason).await,
        None => Ok(false),
    }
}
