//! The delivery state of a sent message, and the operation that sends it.

use model::{
    ChatId, ConnectionId, Delivery, FailReason, MessageContent, MessageId, MessageKind, UserId,
    content::{GroupChange, GroupEvent},
};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, SimpleExpr},
};

use super::{
    content, keeping, operations, own_files, position::SECOND, set_timer, timer, view_once,
};
use crate::{
    Error, codec,
    entity::{message, outbox},
    write::Writing,
};

/// Returns the delivery state of a message; `None` for a received one.
pub(crate) fn of(row: &message::Model) -> Result<Option<Delivery>, Error> {
    codec::read_delivery(row.delivery.as_deref())
}

/// Advances the delivery state of a message, never backward, and removes it from the outbox. The
/// changes that depend on it are freed, or fail with it. `at` is the time of the change: that at which
/// WhatsApp took the message, if this is the first sign that it did. Returns true if the message
/// changed, and announces it then.
pub(crate) async fn advance(
    writing: &mut Writing,
    row: &message::Model,
    next: Delivery,
    at: i64,
) -> Result<bool, Error> {
    let Some(current) = of(row)?.filter(|current| current.advances_to(next)) else {
        return Ok(false);
    };
    let was_taken =
        |delivery: Delivery| !matches!(delivery, Delivery::Queued | Delivery::Failed { .. });
    let is_late = !was_taken(current) && was_taken(next) && at > row.sent_at + SECOND;
    // Only a queued message is in the outbox.
    let sent_with = match current {
        Delivery::Queued => operations::settle_sending(writing, row, next, at).await?,
        _ => None,
    };
    let kind = MessageKind::from_name(&row.kind);
    let is_settled = !was_taken(current) && next != Delivery::Queued;
    let expires_at = (is_settled && !kind.is_notice()).then(|| match sent_with {
        Some(seconds) => Expr::val(timer::expiry(kind, at, seconds)),
        // It was sent to a chat that had no timer.
        None if current == Delivery::Queued && was_taken(next) => Expr::val(None::<i64>),
        // A message that failed disappears as well, unless somebody sends it again.
        None => timer::expiry_in_chat(at),
    });
    set(&writing.tx, row.id, next, is_late.then_some(at), expires_at).await?;
    if sent_with.is_some_and(|seconds| seconds > 0) {
        // The customer may have kept it before.
        let (connection, chat) = (ConnectionId(row.connection_id), ChatId(row.chat_id));
        keeping::apply(&writing.tx, connection, chat, &row.wa_id).await?;
    }
    if !was_taken(current) && was_taken(next) {
        view_once::taken(writing, row).await?;
    }
    writing.message_changed(row);
    Ok(true)
}

/// Fails a message as [`advance`] does: only one that waits.
pub(crate) async fn fail(
    writing: &mut Writing,
    row: &message::Model,
    reason: FailReason,
) -> Result<bool, Error> {
    advance(writing, row, Delivery::Failed { reason }, codec::now()).await
}

/// Puts a message into the outbox, to be sent or to be uploaded before (`outbox::SENDING`), and wakes
/// the session of its number.
pub(crate) async fn queue(
    writing: &mut Writing,
    kind: &'static str,
    ids: (ConnectionId, ChatId, MessageId),
    wa_id: &str,
    author: Option<UserId>,
) -> Result<(), Error> {
    operations::queue_sending(writing, (kind, String::new()), ids, wa_id, author).await
}

/// Puts a message that failed into the outbox again. Returns false for one whose file this server does
/// not have.
pub(crate) async fn queue_again(
    writing: &mut Writing,
    row: &message::Model,
) -> Result<bool, Error> {
    let stays = Some(Expr::val(None::<i64>));
    if MessageKind::from_name(&row.kind) == MessageKind::System {
        let is_queued = set_timer::queue_again(writing, row).await? || leaves(writing, row).await?;
        if is_queued {
            set(&writing.tx, row.id, Delivery::Queued, None, stays).await?;
        }
        return Ok(is_queued);
    }
    let Some(kind) = own_files::first_operation(&writing.tx, row.id).await? else {
        return Ok(false);
    };
    set(&writing.tx, row.id, Delivery::Queued, None, stays).await?;
    let ids = (ConnectionId(row.connection_id), ChatId(row.chat_id), MessageId(row.id));
    queue(writing, kind, ids, &row.wa_id, row.author_id.map(UserId)).await?;
    Ok(true)
}

/// Queues again that the number leaves a group. Returns false for another notice.
async fn leaves(writing: &mut Writing, row: &message::Model) -> Result<bool, Error> {
    let content = content::read(content::column_of(&writing.tx, row.id).await?.as_deref());
    let Some(MessageContent::Group(GroupChange { what: GroupEvent::Left(_), .. })) = content else {
        return Ok(false);
    };
    let ids = (ConnectionId(row.connection_id), ChatId(row.chat_id), MessageId(row.id));
    queue(writing, outbox::LEAVE, ids, &row.wa_id, row.author_id.map(UserId)).await?;
    Ok(true)
}

async fn set(
    tx: &DatabaseTransaction,
    message: i64,
    delivery: Delivery,
    taken_at: Option<i64>,
    expires_at: Option<SimpleExpr>,
) -> Result<(), Error> {
    let mut update = message::Entity::update_many()
        .col_expr(message::Column::Delivery, Expr::val(codec::delivery(delivery)));
    if let Some(taken_at) = taken_at {
        update = update.col_expr(message::Column::TakenAt, Expr::val(taken_at));
    }
    if let Some(expires_at) = expires_at {
        update = update.col_expr(message::Column::ExpiresAt, expires_at);
    }
    update.filter(message::Column::Id.eq(message)).exec(tx).await?;
    Ok(())
}
