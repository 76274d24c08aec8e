//! WhatsApp's answers to operations.

use chrono::{DateTime, Utc};
use model::{ChatId, ConnectionId, Delivery, FailReason, UserId, WaMessageId};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::{Outbox, fail_waiting};
use crate::{
    Error, changed, chats, codec,
    entity::{message, outbox},
    live::Work,
    messages::{
        MessageUpdate, choices, delivery, operations, projection,
        updates::{self, MadeHere, NewUpdate},
    },
    write::Writing,
};

impl Outbox {
    /// Stores that WhatsApp's server has a message or a change, since `at` in whole seconds if it
    /// stated the time. A change takes effect with it. Unknown ids are ignored, so that a second
    /// acknowledgement changes nothing.
    ///
    /// If the server took a message later than it was written here, the message keeps its place, and
    /// the time for its changes begins then. If it took the message earlier, see
    /// [`chats::move_back`].
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn confirmed(
        &self,
        wa_id: &WaMessageId,
        at: Option<DateTime<Utc>>,
    ) -> Result<(), Error> {
        let stated = at.map(codec::micros);
        let at = stated.unwrap_or_else(codec::now);
        let mut writing = self.store.write().await?;
        let sent = self.messages(&writing, wa_id).await?;
        for row in &sent {
            if let Some(at) = stated {
                chats::move_back(&writing.tx, row, at).await?;
            }
            delivery::advance(&mut writing, row, Delivery::Sent, at).await?;
        }
        if sent.is_empty()
            && let Some(change) =
                operations::with_id(self.connection, wa_id).one(&writing.tx).await?
        {
            take_effect(&mut writing, change, at).await?;
        }
        writing.commit().await
    }

    /// Stores that a message or a change failed. Only a user queues it again, with `Store::retry` or
    /// `Store::retry_change`. Unknown ids are ignored.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn failed(&self, wa_id: &WaMessageId, reason: FailReason) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let waiting = outbox::Entity::find()
            .filter(outbox::Column::ConnectionId.eq(self.connection.0))
            .filter(outbox::Column::WaId.eq(wa_id.as_str()));
        fail_waiting(&mut writing, waiting, reason).await?;
        writing.commit().await
    }

    /// Returns the messages of the number itself with this id.
    async fn messages(
        &self,
        writing: &Writing,
        wa_id: &WaMessageId,
    ) -> Result<Vec<message::Model>, Error> {
        let rows = message::head()
            .filter(message::Column::ConnectionId.eq(self.connection.0))
            .filter(message::Column::WaId.eq(wa_id.as_str()))
            .filter(message::Column::SenderId.eq(message::OURSELVES))
            .all(&writing.tx)
            .await?;
        Ok(rows)
    }
}

/// Stores a confirmed change as an update by the number itself, and removes it from the outbox.
async fn take_effect(writing: &mut Writing, change: outbox::Model, at: i64) -> Result<(), Error> {
    let target = message::head().filter(message::Column::Id.eq(change.message_id));
    let Some(target) = target.one(&writing.tx).await? else { return Ok(()) };
    let target_id = codec::read_message_id(&target.wa_id)?;
    let what = match &*change.kind {
        outbox::EDIT => MessageUpdate::Edited(change.payload),
        // The number deletes what others wrote as an administrator of their group.
        outbox::REVOKE if target.sender_id != message::OURSELVES => MessageUpdate::RevokedByAdmin,
        outbox::REVOKE => MessageUpdate::Revoked,
        outbox::REACT => MessageUpdate::Reaction(change.payload),
        outbox::VOTE => MessageUpdate::Voted(choices::read(&change.payload)?),
        _ => return Err(Error::Corrupt { what: "a change", value: change.kind }),
    };
    let (connection, chat) = (ConnectionId(target.connection_id), ChatId(target.chat_id));
    let new = NewUpdate {
        connection,
        chat,
        sender: message::OURSELVES,
        target: &target_id,
        what: &what,
        at,
        made_here: Some(MadeHere { author: change.author_id.map(UserId), wa_id: &change.wa_id }),
    };
    updates::insert(&writing.tx, new).await?;
    if what.is_effective() {
        let rows = projection::apply(&writing.tx, connection, chat, target_id.as_str()).await?;
        changed::announce(writing, rows);
    }
    operations::delete(&writing.tx, change.id).await?;
    if matches!(what, MessageUpdate::Revoked | MessageUpdate::RevokedByAdmin) {
        operations::delete_failed(&writing.tx, target.id).await?;
    }
    // Also a change without another effect is not pending any more.
    writing.message_changed(&target);
    // Later changes of the message have waited for this one.
    writing.wake(connection, Work::Outbox);
    Ok(())
}
