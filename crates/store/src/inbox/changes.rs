//! Changes of messages: edits, deletions for everybody, reactions and votes. A change is queued in the
//! outbox, and takes effect once WhatsApp has confirmed it ([`crate::outbox`]).

use chrono::{TimeDelta, Utc};
use model::{
    Change, ChatId, ConnectionId, Delivery, Membership, Message, MessageId, MessageKind, NewText,
    OperationId, WaMessageId, bounds,
    change::{EDITABLE_FOR, REVOCABLE_FOR, time_left},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};

use super::{
    mentioning,
    queue::sendable,
    send::{loaded, require_current, writable},
};
use crate::{
    Error, Field, Grant, Store, Write, codec,
    entity::{message, outbox},
    groups::group_rows,
    live::Work,
    messages::{
        choices,
        content::column_of,
        delivery, mentions,
        operations::{self, NewOperation, OfMessage},
        updates, votes,
    },
    write::Writing,
};

impl Store {
    /// Queues a change of a message, in place of those of its kind that failed. The same `wa_id`
    /// again returns the message as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not a message of the grant's number, or not of the chat that
    /// the grant was given for, or its chat is private and the user is not its owner;
    /// [`Error::Replaced`] when the number's phone changed; [`Error::Unchangeable`] when the message
    /// is not one that can be changed in this way, waits to be deleted, has a file that its browser is
    /// still sending, or has [`bounds::CHANGES`] changes that wait or failed; [`Error::Closed`] in a group
    /// that the number is not in any more, and for an edit in one where it does not write;
    /// [`Error::TooLate`];
    /// [`Error::EmptyText`] and [`Error::TextTooLong`] of an edit; [`Error::Invalid`] for a reaction
    /// that is no emoji, and for an id that is or was taken.
    pub async fn enqueue_change(
        &self,
        grant: &Grant<Write>,
        message: MessageId,
        wa_id: WaMessageId,
        change: Change,
    ) -> Result<Message, Error> {
        let change = content(change)?;
        let text = (change.0 == outbox::EDIT).then(|| NewText::from(&change.1));
        self.enqueue_with_mentions(grant, message, wa_id, change, text, None).await
    }

    /// Queues another text for a message that the user may have seen in an older version. `seen` is
    /// the edit that their text starts from ([`Message::edited`]), 0 for the message as it was sent.
    /// Without it the text replaces any other.
    ///
    /// # Errors
    /// [`Error::Edited`] when another edit counts or waits by now; those of
    /// [`Self::enqueue_change`].
    pub async fn enqueue_edit(
        &self,
        grant: &Grant<Write>,
        message: MessageId,
        wa_id: WaMessageId,
        text: impl Into<NewText> + Send,
        seen: Option<i64>,
    ) -> Result<Message, Error> {
        let new = text.into();
        let text = sendable(&new.text)?;
        let edit = (outbox::EDIT, text.clone());
        self.enqueue_with_mentions(grant, message, wa_id, edit, Some(NewText { text, ..new }), seen)
            .await
    }

    /// Queues a change of this kind, with its payload.
    pub(super) async fn enqueue_operation(
        &self,
        grant: &Grant<Write>,
        message: MessageId,
        wa_id: WaMessageId,
        change: (&'static str, String),
        seen: Option<i64>,
    ) -> Result<Message, Error> {
        self.enqueue_with_mentions(grant, message, wa_id, change, None, seen).await
    }

    /// Queues a change of this kind; that of an edit is its text, with the people whom it mentions.
    async fn enqueue_with_mentions(
        &self,
        grant: &Grant<Write>,
        message: MessageId,
        wa_id: WaMessageId,
        (kind, mut payload): (&'static str, String),
        text: Option<NewText>,
        seen: Option<i64>,
    ) -> Result<Message, Error> {
        let mut writing = self.write().await?;
        let row = writable(&writing.tx, grant, message).await?;
        require_current(&writing, grant.connection()).await?;
        if is_known(&writing, &row, &wa_id).await? {
            return loaded(&writing, message).await;
        }
        let queued = OfMessage::load(&writing.tx, row.id).await?;
        require_changeable(&writing, &row, &queued, (kind, &*payload)).await?;
        // The text has to start from the edit that counts, and no other one may wait.
        let is_current =
            |seen: i64| row.edited_at.unwrap_or(0) == seen && !queued.waits(outbox::EDIT);
        if seen.is_some_and(|seen| !is_current(seen)) {
            return Err(Error::Edited);
        }
        if queued.changes() >= bounds::CHANGES {
            return Err(Error::Unchangeable);
        }
        if let Some(text) = text {
            let new = mentioning::edited_text(&writing.tx, &row, text).await?;
            mentions::add(&writing.tx, &row, new.addresses).await?;
            payload = new.text;
        }
        operations::delete_failed_of_kind(&writing.tx, row.id, kind).await?;
        let new = NewOperation {
            connection: grant.connection(),
            chat: ChatId(row.chat_id),
            message,
            kind,
            wa_id: wa_id.as_str(),
            payload,
            author: Some(grant.user()),
            depends_on: queued.sending(),
        };
        operations::insert(&writing.tx, new).await?;
        writing.wake(grant.connection(), Work::Outbox);
        writing.commit_changed(&row).await
    }

    /// Queues a change that failed again, under the same id. A change that waits is left as it is:
    /// another user retried it already.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such change of the grant's number and chat, or the chat
    /// is private and the user is not its owner; [`Error::Replaced`]; [`Error::Unchangeable`] while the
    /// message itself has failed, and as in [`Self::enqueue_change`]; [`Error::TooLate`].
    pub async fn retry_change(
        &self,
        grant: &Grant<Write>,
        operation: OperationId,
    ) -> Result<Message, Error> {
        let mut writing = self.write().await?;
        let (change, row) = find(&writing, grant, operation).await?;
        if change.failed.is_none() {
            return loaded(&writing, MessageId(row.id)).await;
        }
        require_current(&writing, grant.connection()).await?;
        let queued = OfMessage::load(&writing.tx, row.id).await?;
        require_changeable(&writing, &row, &queued, (&*change.kind, &*change.payload)).await?;
        operations::queue_again(&writing.tx, change, &queued).await?;
        writing.wake(grant.connection(), Work::Outbox);
        writing.commit_changed(&row).await
    }

    /// Discards a change that failed. A change that waits is left as it is: another user retried
    /// it.
    ///
    /// # Errors
    /// [`Error::NotFound`] as in [`Self::retry_change`].
    pub async fn discard_change(
        &self,
        grant: &Grant<Write>,
        operation: OperationId,
    ) -> Result<Message, Error> {
        let mut writing = self.write().await?;
        let (change, row) = find(&writing, grant, operation).await?;
        if change.failed.is_none() {
            return loaded(&writing, MessageId(row.id)).await;
        }
        operations::delete(&writing.tx, change.id).await?;
        writing.wake(grant.connection(), Work::Outbox);
        writing.commit_changed(&row).await
    }
}

/// Returns the kind of a change and its payload.
fn content(change: Change) -> Result<(&'static str, String), Error> {
    Ok(match change {
        Change::Edit { text } => (outbox::EDIT, sendable(&text)?),
        Change::Revoke => (outbox::REVOKE, String::new()),
        Change::React { emoji } if emoji.is_empty() || text::is_reaction(&emoji) => {
            (outbox::REACT, emoji)
        }
        Change::React { .. } => return Err(Error::Invalid(Field::Reaction)),
    })
}

/// Returns true if a change of this message with this id is queued, or was confirmed.
///
/// # Errors
/// [`Error::Invalid`] if the id is that of another operation or message.
async fn is_known(
    writing: &Writing,
    row: &message::Model,
    wa_id: &WaMessageId,
) -> Result<bool, Error> {
    let (tx, connection) = (&writing.tx, ConnectionId(row.connection_id));
    if let Some(queued) = operations::with_id(connection, wa_id).one(tx).await? {
        let is_same = queued.message_id == row.id;
        return if is_same { Ok(true) } else { Err(Error::Invalid(Field::MessageId)) };
    }
    let messages = message::Entity::find()
        .filter(message::Column::ConnectionId.eq(row.connection_id))
        .filter(message::Column::WaId.eq(wa_id.as_str()))
        .filter(message::Column::SenderId.eq(message::OURSELVES))
        .count(tx)
        .await?;
    if messages > 0 {
        return Err(Error::Invalid(Field::MessageId));
    }
    let Some(made) = updates::with_id(connection, wa_id).one(tx).await? else {
        return Ok(false);
    };
    let is_same = made.chat_id == row.chat_id && made.target_wa_id == row.wa_id;
    if is_same { Ok(true) } else { Err(Error::Invalid(Field::MessageId)) }
}

/// Checks that a message may be changed in this way now.
///
/// # Errors
/// [`Error::Unchangeable`], [`Error::TooLate`].
async fn require_changeable(
    writing: &Writing,
    row: &message::Model,
    queued: &OfMessage,
    (kind, payload): (&str, &str),
) -> Result<(), Error> {
    let delivery = delivery::of(row)?;
    let content = MessageKind::from_name(&row.kind);
    let is_own = row.sender_id == message::OURSELVES;
    let chat = ChatId(row.chat_id);
    let membership = group_rows::require_inside(&writing.tx, chat).await?;
    let is_possible = match kind {
        outbox::EDIT => {
            group_rows::require_open(&writing.tx, chat).await?;
            is_own && content == MessageKind::Text
        }
        // An administrator deletes what others wrote.
        outbox::REVOKE => (is_own || membership == Some(Membership::Admin)) && !content.is_notice(),
        outbox::VOTE => allows_vote(writing, row, payload).await?,
        _ => !content.is_inert(),
    };
    let has_failed = matches!(delivery, Some(Delivery::Failed { .. }));
    // There is nothing that the change could depend on. Its author cancels such a message.
    let is_uploading = delivery == Some(Delivery::Queued) && queued.sending().is_none();
    let is_inert = has_failed || is_uploading || content == MessageKind::Revoked;
    if !is_possible || is_inert || queued.waits(outbox::REVOKE) {
        return Err(Error::Unchangeable);
    }
    let allowed = match kind {
        outbox::EDIT => EDITABLE_FOR,
        outbox::REVOKE => REVOCABLE_FOR,
        _ => return Ok(()),
    };
    // The time of a message that waits to be sent has not begun.
    let is_queued = delivery == Some(Delivery::Queued);
    let since = (!is_queued).then(|| codec::time(row.changeable_since()));
    let is_over = time_left(allowed, since, Utc::now()) <= TimeDelta::zero();
    if is_over { Err(Error::TooLate) } else { Ok(()) }
}

/// Returns true if a message is a poll that allows this vote, and whose secret encrypts it.
async fn allows_vote(
    writing: &Writing,
    row: &message::Model,
    payload: &str,
) -> Result<bool, Error> {
    let content = column_of(&writing.tx, row.id).await?;
    let poll = votes::poll_of(&row.kind, content.as_deref());
    let choices = choices::read(payload)?;
    Ok(poll.is_some_and(|poll| poll.secret.is_some() && poll.allows(&choices)))
}

/// Returns a change with its message, which the user of the grant may read.
async fn find(
    writing: &Writing,
    grant: &Grant<Write>,
    operation: OperationId,
) -> Result<(outbox::Model, message::Model), Error> {
    let change = operations::changes(grant.connection())
        .filter(outbox::Column::Id.eq(operation.0))
        .one(&writing.tx)
        .await?
        .ok_or(Error::NotFound)?;
    let row = writable(&writing.tx, grant, MessageId(change.message_id)).await?;
    Ok((change, row))
}
