//! Merges two contacts of one person, and their chats.

use std::collections::BTreeSet;

use model::{ChatId, ConnectionId};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    sea_query::Expr,
};

use crate::{
    AccessChanged, Error, calls, changed,
    chats::{self, actions, draft_rows, find::with_contact},
    entity::{chat, contact, contact_alias, message, message_update},
    groups::members,
    live::{Change, Work},
    messages::{
        group_receipts, kept_stickers, operations, placeholder, position, projection, updates,
    },
    write::Writing,
};

/// Merges the contact `gone` into `kept`. No message is lost, and a message of both is kept once.
pub(super) async fn contacts(
    writing: &mut Writing,
    connection: ConnectionId,
    kept: i64,
    gone: i64,
) -> Result<(), Error> {
    let tx = &writing.tx;
    let mut wa_ids = reassign_messages(tx, connection, kept, gone).await?;
    wa_ids.append(&mut updates::reassign(tx, message_update::Column::SenderId, gone, kept).await?);
    message::Entity::update_many()
        .col_expr(message::Column::QuotedSenderId, Expr::val(kept))
        .filter(message::Column::QuotedSenderId.eq(gone))
        .exec(tx)
        .await?;
    contact_alias::Entity::update_many()
        .col_expr(contact_alias::Column::ContactId, Expr::val(kept))
        .filter(contact_alias::Column::ContactId.eq(gone))
        .exec(tx)
        .await?;
    copy_missing_fields(tx, kept, gone).await?;
    members::reassign(tx, gone, kept).await?;
    group_receipts::reassign(tx, gone, kept).await?;
    let merged = match (with_contact(tx, kept).await?, with_contact(tx, gone).await?) {
        (Some(into), Some(from)) => {
            wa_ids.append(&mut merge_chats(writing, into, from).await?);
            Some(into)
        }
        (None, Some(only)) => {
            chat::Entity::update_many()
                .col_expr(chat::Column::ContactId, Expr::val(kept))
                .filter(chat::Column::Id.eq(only.0))
                .exec(tx)
                .await?;
            None
        }
        (_, None) => None,
    };
    contact::Entity::delete_by_id(gone).exec(&writing.tx).await?;
    let moved = wa_ids.iter().map(|wa_id| (connection, wa_id.as_str())).collect();
    let rows = projection::apply_waiting(&writing.tx, &moved).await?;
    changed::announce(writing, rows);
    if let Some(chat) = merged {
        writing.announce(connection, Change::Reload(chat));
        // The operation of a message that was in both chats went with it, and what waited for it goes.
        writing.wake(connection, Work::Outbox);
        writing.wake(connection, Work::Uploads);
    }
    Ok(())
}

/// Makes `kept` the sender of the messages of `gone`. A message that both sent is deleted once.
/// Returns WhatsApp's ids of the messages.
async fn reassign_messages(
    tx: &DatabaseTransaction,
    connection: ConnectionId,
    kept: i64,
    gone: i64,
) -> Result<BTreeSet<String>, Error> {
    let rows = message::head()
        .filter(message::Column::ConnectionId.eq(connection.0))
        .filter(message::Column::SenderId.eq(gone))
        .all(tx)
        .await?;
    let mut shortened = BTreeSet::new();
    for message in &rows {
        let twin = message::head()
            .filter(message::is(connection.0, &message.wa_id, message.chat_id, kept))
            .one(tx)
            .await?;
        if let Some(twin) = twin {
            shortened.insert(ChatId(message.chat_id));
            if !is_kept(tx, message, &twin).await? {
                continue;
            }
        }
        message::Entity::update_many()
            .col_expr(message::Column::SenderId, Expr::val(kept))
            .filter(message::Column::Id.eq(message.id))
            .exec(tx)
            .await?;
    }
    chats::refresh_last(tx, shortened).await?;
    Ok(rows.into_iter().map(|row| row.wa_id).collect())
}

/// Deletes one of two rows that are one message. Returns true if `moved` is kept: it has the content,
/// and `twin` is a placeholder.
async fn is_kept(
    tx: &DatabaseTransaction,
    moved: &message::Model,
    twin: &message::Model,
) -> Result<bool, Error> {
    let fills =
        placeholder::is_unfilled(tx, twin).await? && !placeholder::is_unfilled(tx, moved).await?;
    let (kept, gone) = if fills { (moved, twin) } else { (twin, moved) };
    operations::reassign_message(tx, gone.id, kept.id).await?;
    kept_stickers::reassign(tx, gone.id, kept.id).await?;
    if gone.starred {
        message::Entity::update_many()
            .col_expr(message::Column::Starred, Expr::val(true))
            .filter(message::Column::Id.eq(kept.id))
            .exec(tx)
            .await?;
    }
    placeholder::delete(tx, gone).await?;
    Ok(fills)
}

/// Copies names and addresses that only `gone` has. Both are blocked if one was.
async fn copy_missing_fields(tx: &DatabaseTransaction, kept: i64, gone: i64) -> Result<(), Error> {
    let Some(row) = contact::Entity::find_by_id(gone).one(tx).await? else { return Ok(()) };
    if row.blocked {
        super::contacts::set_blocked(tx, kept, true).await?;
    }
    let known = [
        (contact::Column::Phone, row.phone),
        (contact::Column::Lid, row.lid),
        (contact::Column::SavedName, row.saved_name),
        (contact::Column::BusinessName, row.business_name),
        (contact::Column::PushName, row.push_name),
    ];
    for (column, value) in known {
        let Some(value) = value else { continue };
        contact::Entity::update_many()
            .col_expr(column, Expr::val(value))
            .filter(contact::Column::Id.eq(kept))
            .filter(column.is_null())
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Moves every message, in order, and deletes the empty chat. The senders are the same already, so
/// a message that is in both chats is recognised by sender and id. Returns WhatsApp's ids of the
/// messages that were moved or have updates that were.
async fn merge_chats(
    writing: &mut Writing,
    into: ChatId,
    from: ChatId,
) -> Result<BTreeSet<String>, Error> {
    let tx = &writing.tx;
    let moving = message::head()
        .filter(message::Column::ChatId.eq(from.0))
        .order_by_asc(message::Column::Position)
        .all(tx)
        .await?;
    let is_empty = (is_empty(tx, into).await?, moving.is_empty());
    for message in &moving {
        let twin = message::head()
            .filter(message::is(message.connection_id, &message.wa_id, into.0, message.sender_id))
            .one(tx)
            .await?;
        if let Some(twin) = twin
            && !is_kept(tx, message, &twin).await?
        {
            continue;
        }
        let position = position::first_free(tx, into, message.position).await?;
        message::Entity::update_many()
            .col_expr(message::Column::ChatId, Expr::val(into.0))
            .col_expr(message::Column::Position, Expr::val(position))
            .filter(message::Column::Id.eq(message.id))
            .exec(tx)
            .await?;
    }
    let column = message_update::Column::ChatId;
    let mut wa_ids = updates::reassign(tx, column, from.0, into.0).await?;
    wa_ids.extend(moving.into_iter().map(|message| message.wa_id));
    draft_rows::reassign(tx, from, into).await?;
    calls::answer::reassign(tx, from, into).await?;
    operations::reassign_chat(tx, from, into).await?;
    actions::reassign(tx, from, into).await?;
    let (Some(kept), Some(gone)) = (
        chat::Entity::find_by_id(into.0).one(tx).await?,
        chat::Entity::find_by_id(from.0).one(tx).await?,
    ) else {
        return Ok(wa_ids);
    };
    chat::Entity::delete_by_id(from.0).exec(tx).await?;
    let archived = is_archived(&kept, &gone, is_empty);
    let cleared = cleared(&kept, &gone, is_empty);
    // The timer that was set last; `None` is before all times.
    let timer = if gone.timer_at > kept.timer_at { &gone } else { &kept };
    let (timer_seconds, timer_at) = (timer.timer_seconds, timer.timer_at);
    let newest = if gone.last_at > kept.last_at { gone.address } else { kept.address };
    chat::Entity::update_many()
        .col_expr(chat::Column::Address, Expr::val(newest))
        .col_expr(chat::Column::Private, Expr::val(more_private(kept.private, gone.private)))
        .col_expr(chat::Column::TimerSeconds, Expr::val(timer_seconds))
        .col_expr(chat::Column::TimerAt, Expr::val(timer_at))
        .col_expr(chat::Column::Archived, Expr::val(archived))
        // A chat of which one half is in the list is in it.
        .col_expr(chat::Column::Unlisted, Expr::val(kept.unlisted && gone.unlisted))
        .col_expr(chat::Column::PinnedAt, Expr::val(kept.pinned_at.max(gone.pinned_at)))
        .col_expr(chat::Column::MutedUntil, Expr::val(kept.muted_until.max(gone.muted_until)))
        .col_expr(chat::Column::MarkedUnread, Expr::val(kept.marked_unread || gone.marked_unread))
        .col_expr(chat::Column::ClearedPosition, Expr::val(cleared))
        .filter(chat::Column::Id.eq(into.0))
        .exec(tx)
        .await?;
    if kept.private != gone.private {
        writing.access_changed(AccessChanged::Chats(ConnectionId(kept.connection_id)));
    }
    chats::refresh_last(&writing.tx, [into]).await?;
    Ok(wa_ids)
}

async fn is_empty(tx: &DatabaseTransaction, chat: ChatId) -> Result<bool, Error> {
    let any = message::head().filter(message::Column::ChatId.eq(chat.0)).one(tx).await?;
    Ok(any.is_none())
}

/// Returns true if a merged chat is archived: if both halves are, since one in the list is in it. A half of
/// which nothing is known but what the phone said is in no list, so what it said counts.
fn is_archived(kept: &chat::Model, gone: &chat::Model, is_empty: (bool, bool)) -> bool {
    let is_bare = |half: &chat::Model, is_empty: bool| is_empty && half.unlisted;
    if is_bare(kept, is_empty.0) || is_bare(gone, is_empty.1) {
        kept.archived || gone.archived
    } else {
        kept.archived && gone.archived
    }
}

/// Returns the position up to which a merged chat is cleared. What only one half hid is shown, rather than
/// hidden in both, unless the other one has no message.
fn cleared(kept: &chat::Model, gone: &chat::Model, is_empty: (bool, bool)) -> Option<i64> {
    match is_empty {
        (_, true) => kept.cleared_position,
        (true, false) => gone.cleared_position,
        (false, false) => {
            kept.cleared_position.zip(gone.cleared_position).map(|(one, other)| one.min(other))
        }
    }
}

/// Returns the privacy mark of a merged chat, which is private if either was.
fn more_private(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        // A chat without a mark may be private by its number, so a mark "not private" is dropped.
        (None, _) | (_, None) => None,
        (Some(false), Some(false)) => Some(false),
    }
}
