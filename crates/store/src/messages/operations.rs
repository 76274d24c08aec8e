//! The rows of the outbox: messages to send, and changes of messages. Some changes depend on the
//! sending of their message; they are freed or fail with it. Read receipts are in
//! [`reads`](super::reads).
//!
//! The timer of a chat is set by an operation of its own kind ([`set_timer`](super::set_timer)), whose
//! message is the notice about it. It takes effect once WhatsApp has it, and the later operations of its
//! chat wait until then. So is the leaving of a group, which takes effect in the same way.

use model::{
    ChatId, ConnectionId, Delivery, FailReason, Membership, MessageId, UserId, WaMessageId,
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, FromQueryResult,
    QueryFilter as _, QuerySelect as _, Select, sea_query::Expr,
};

use super::{content, timer};
use crate::{
    Error, codec,
    entity::{message, outbox},
    groups::group_rows,
    live::Work,
    write::Writing,
};

/// An operation to be queued.
#[derive(Debug)]
pub(crate) struct NewOperation<'a> {
    pub(crate) connection: ConnectionId,
    pub(crate) chat: ChatId,
    pub(crate) message: MessageId,
    /// One of `outbox::SENDING`, or the kind of a change.
    pub(crate) kind: &'static str,
    /// The id of its stanza.
    pub(crate) wa_id: &'a str,
    pub(crate) payload: String,
    pub(crate) author: Option<UserId>,
    /// The operation that sends the message.
    pub(crate) depends_on: Option<i64>,
}

/// Queues an operation behind the others.
pub(crate) async fn insert(tx: &DatabaseTransaction, new: NewOperation<'_>) -> Result<(), Error> {
    let row = outbox::ActiveModel {
        connection_id: Set(new.connection.0),
        chat_id: Set(new.chat.0),
        kind: Set(new.kind.to_owned()),
        message_id: Set(new.message.0),
        wa_id: Set(new.wa_id.to_owned()),
        payload: Set(new.payload),
        author_id: Set(new.author.map(|author| author.0)),
        depends_on: Set(new.depends_on),
        attempts: Set(0),
        queued_at: Set(Some(codec::now())),
        ..Default::default()
    };
    outbox::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Queues the operation that sends a message, of a kind of `outbox::SENDING` with its payload, and wakes the
/// task of the session that takes it.
pub(super) async fn queue_sending(
    writing: &mut Writing,
    (kind, payload): (&'static str, String),
    (connection, chat, message): (ConnectionId, ChatId, MessageId),
    wa_id: &str,
    author: Option<UserId>,
) -> Result<(), Error> {
    let depends_on = None;
    let new = NewOperation { connection, chat, message, kind, wa_id, payload, author, depends_on };
    insert(&writing.tx, new).await?;
    writing.wake(connection, if kind == outbox::UPLOAD { Work::Uploads } else { Work::Outbox });
    Ok(())
}

/// The operations of one message: its sending, and its changes that wait or have failed.
#[derive(Debug)]
pub(crate) struct OfMessage(Vec<Queued>);

#[derive(Debug, FromQueryResult)]
struct Queued {
    id: i64,
    kind: String,
    failed: Option<String>,
}

impl Queued {
    fn is_sending(&self) -> bool {
        outbox::SENDING.contains(&&*self.kind)
    }
}

impl OfMessage {
    pub(crate) async fn load(tx: &DatabaseTransaction, message: i64) -> Result<Self, Error> {
        let rows: Vec<Queued> = outbox::Entity::find()
            .filter(outbox::Column::MessageId.eq(message))
            .filter(outbox::Column::Kind.is_not_in(outbox::RECEIPTS))
            .select_only()
            .columns([outbox::Column::Id, outbox::Column::Kind, outbox::Column::Failed])
            .into_model()
            .all(tx)
            .await?;
        Ok(Self(rows))
    }

    /// The operation that sends the message, if it waits to be sent.
    pub(crate) fn sending(&self) -> Option<i64> {
        self.0.iter().find(|one| one.is_sending()).map(|one| one.id)
    }

    /// The number of changes that wait or have failed.
    pub(crate) fn changes(&self) -> usize {
        self.0.iter().filter(|one| !one.is_sending()).count()
    }

    /// Returns true if a change of this kind waits for WhatsApp.
    pub(crate) fn waits(&self, kind: &str) -> bool {
        self.0.iter().any(|one| one.kind == kind && one.failed.is_none())
    }

    /// Returns true if an operation that was queued after this one waits.
    fn is_overtaken(&self, operation: i64) -> bool {
        self.0.iter().any(|one| one.id > operation && one.failed.is_none())
    }
}

/// Selects the operations of a number that change messages.
pub(crate) fn changes(connection: ConnectionId) -> Select<outbox::Entity> {
    outbox::Entity::find()
        .filter(outbox::Column::ConnectionId.eq(connection.0))
        .filter(outbox::Column::Kind.is_in(outbox::CHANGES))
}

/// Selects the change whose stanza has this id.
pub(crate) fn with_id(connection: ConnectionId, wa_id: &WaMessageId) -> Select<outbox::Entity> {
    changes(connection).filter(outbox::Column::WaId.eq(wa_id.as_str()))
}

/// Deletes the operation that sends a message, since the message is sent or has failed. Changes that
/// depend on it may go now, or fail. A timer that it sets is that of the chat from `at` on, by WhatsApp's
/// clock, or since it was queued. The tasks that this leaves work to are woken. Returns the seconds of the
/// timer with which the message was sent; `None` if none is stored (`outbox::timers`).
pub(super) async fn settle_sending(
    writing: &mut Writing,
    row: &message::Model,
    delivery: Delivery,
    at: i64,
) -> Result<Option<u32>, Error> {
    let failed = match delivery {
        Delivery::Failed { .. } => Some(codec::enum_text(FailReason::NotSent)),
        _ => None,
    };
    let dependent = outbox::Entity::update_many()
        .col_expr(outbox::Column::DependsOn, Expr::val(None::<i64>))
        .col_expr(outbox::Column::Failed, Expr::val(failed))
        .filter(outbox::Column::MessageId.eq(row.id))
        .filter(outbox::Column::DependsOn.is_not_null())
        .exec(&writing.tx)
        .await?;
    let gone = outbox::Entity::delete_many()
        .filter(outbox::Column::MessageId.eq(row.id))
        .filter(outbox::Column::Kind.is_in(outbox::SENDING))
        .exec_with_returning(&writing.tx)
        .await?;
    let connection = ConnectionId(row.connection_id);
    // The later files of the chat have waited for this one, also those that WhatsApp has.
    let was_file = gone.iter().any(|one| one.kind == outbox::UPLOAD);
    if was_file {
        writing.wake(connection, Work::Uploads);
    }
    let has_left = gone.iter().any(|one| one.kind == outbox::LEAVE);
    if has_left && !matches!(delivery, Delivery::Failed { .. }) {
        let chat = ChatId(row.chat_id);
        group_rows::set_membership(&writing.tx, chat, Membership::Left).await?;
    }
    let timers = || gone.iter().filter(|one| one.kind == outbox::TIMER);
    if !matches!(delivery, Delivery::Failed { .. }) {
        for one in timers() {
            // A clock that is ahead must not outdo what the contact sets afterwards.
            let at = one.queued_at.map_or(at, |queued_at| queued_at.min(at));
            let seconds = one.payload.parse().unwrap_or(0);
            timer::set(&writing.tx, ChatId(one.chat_id), seconds, at).await?;
        }
    }
    let held_up = was_file
        || has_left
        || timers().next().is_some()
        || gone.iter().any(|one| one.next_attempt_at.is_some());
    if held_up || dependent.rows_affected > 0 {
        writing.wake(connection, Work::Outbox);
    }
    let sent = gone.iter().find(|one| one.kind == outbox::SEND);
    Ok(sent.and_then(|one| one.payload.parse().ok()))
}

/// Stores that a change failed. Returns false if it has failed already, or is gone.
pub(crate) async fn fail(
    tx: &DatabaseTransaction,
    operation: i64,
    reason: FailReason,
) -> Result<bool, Error> {
    let updated = outbox::Entity::update_many()
        .col_expr(outbox::Column::Failed, Expr::val(codec::enum_text(reason)))
        .col_expr(outbox::Column::DependsOn, Expr::val(None::<i64>))
        .filter(outbox::Column::Id.eq(operation))
        .filter(outbox::Column::Failed.is_null())
        .exec(tx)
        .await?;
    Ok(updated.rows_affected > 0)
}

/// Queues a change that failed again. It keeps its place in the chat, unless the message is to be sent
/// after it, or later changes of the message wait, of which it becomes the last.
pub(crate) async fn queue_again(
    tx: &DatabaseTransaction,
    row: outbox::Model,
    of_message: &OfMessage,
) -> Result<(), Error> {
    let mut again = outbox::ActiveModel {
        attempts: Set(0),
        next_attempt_at: Set(None),
        first_sent_at: Set(None),
        queued_at: Set(Some(codec::now())),
        depends_on: Set(of_message.sending()),
        failed: Set(None),
        ..Default::default()
    };
    if !of_message.is_overtaken(row.id) {
        outbox::Entity::update_many()
            .set(again)
            .filter(outbox::Column::Id.eq(row.id))
            .exec(tx)
            .await?;
        return Ok(());
    }
    delete(tx, row.id).await?;
    again.connection_id = Set(row.connection_id);
    again.chat_id = Set(row.chat_id);
    again.kind = Set(row.kind);
    again.message_id = Set(row.message_id);
    again.wa_id = Set(row.wa_id);
    again.payload = Set(row.payload);
    again.author_id = Set(row.author_id);
    outbox::Entity::insert(again).exec_without_returning(tx).await?;
    Ok(())
}

pub(crate) async fn delete(tx: &DatabaseTransaction, operation: i64) -> Result<(), Error> {
    outbox::Entity::delete_by_id(operation).exec(tx).await?;
    Ok(())
}

/// Deletes the changes of a message that failed.
pub(crate) async fn delete_failed(tx: &DatabaseTransaction, message: i64) -> Result<(), Error> {
    outbox::Entity::delete_many()
        .filter(outbox::Column::MessageId.eq(message))
        .filter(outbox::Column::Failed.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes the changes of one kind of a message that failed, because a newer one replaces them.
pub(crate) async fn delete_failed_of_kind(
    tx: &DatabaseTransaction,
    message: i64,
    kind: &str,
) -> Result<(), Error> {
    outbox::Entity::delete_many()
        .filter(outbox::Column::MessageId.eq(message))
        .filter(outbox::Column::Kind.eq(kind))
        .filter(outbox::Column::Failed.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Moves the operations of a chat into the chat that it is merged into.
pub(crate) async fn reassign_chat(
    tx: &DatabaseTransaction,
    from: ChatId,
    into: ChatId,
) -> Result<(), Error> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::ChatId, Expr::val(into.0))
        .filter(outbox::Column::ChatId.eq(from.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Moves the changes of a message to its twin, which is kept, and so a read receipt that names it. A vote
/// names options of its own poll, and goes with it if the twin is another one.
pub(crate) async fn reassign_message(
    tx: &DatabaseTransaction,
    gone: i64,
    kept: i64,
) -> Result<(), Error> {
    let mut moved = outbox::Entity::update_many()
        .col_expr(outbox::Column::MessageId, Expr::val(kept))
        .filter(outbox::Column::MessageId.eq(gone))
        .filter(outbox::Column::Kind.is_not_in(outbox::SENDING));
    if content::column_of(tx, gone).await? != content::column_of(tx, kept).await? {
        moved = moved.filter(outbox::Column::Kind.ne(outbox::VOTE));
    }
    moved.exec(tx).await?;
    Ok(())
}
