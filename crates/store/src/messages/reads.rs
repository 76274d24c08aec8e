//! The receipts that wait to be sent, as rows of the outbox. A row is one receipt: messages of one
//! author that were read together, or a voice note that was played. It names the newest of them, by
//! which the author is found when it is sent, and its payload has WhatsApp's ids of all.

use std::collections::BTreeMap;

use model::{ChatId, ConnectionId, MessageKind};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, sea_query::Expr,
};

use super::placeholder;
use crate::{
    Error, codec,
    entity::{message, outbox},
};

/// Messages of one chat whose receipts are kept: the newest ones. Older receipts are dropped, each
/// with all of its messages.
pub(crate) const OF_A_CHAT: usize = 1_000;
/// Messages of one receipt. WhatsApp's own clients send as many.
const OF_A_RECEIPT: usize = 256;
/// Receipts are dropped after 30 days, in microseconds.
pub(crate) const LASTS: i64 = 30 * 24 * 60 * 60 * 1_000_000;

/// Queues the receipts of these messages of one chat, at most [`OF_A_CHAT`], which are sorted oldest
/// first.
pub(crate) async fn queue(
    tx: &DatabaseTransaction,
    (connection, chat): (ConnectionId, ChatId),
    read: &[message::Model],
) -> Result<(), Error> {
    let mut by_author: BTreeMap<i64, Vec<&message::Model>> = BTreeMap::new();
    let mut count = 0;
    for row in read {
        // A placeholder has no content that could have been read, and a call is no message to WhatsApp.
        let is_call = MessageKind::from_name(&row.kind) == MessageKind::Call;
        if !is_call && !placeholder::is_unfilled(tx, row).await? {
            by_author.entry(row.sender_id).or_default().push(row);
            count += 1;
        }
    }
    if by_author.is_empty() {
        return Ok(());
    }
    make_room(tx, chat, count).await?;
    let mut receipts = Vec::new();
    for read in by_author.values().flat_map(|rows| rows.chunks(OF_A_RECEIPT)) {
        let Some(newest) = read.last() else { continue };
        let wa_ids: Vec<&str> = read.iter().map(|row| row.wa_id.as_str()).collect();
        receipts.push(receipt((connection, chat), outbox::READ, newest, &wa_ids));
    }
    outbox::Entity::insert_many(receipts).exec_without_returning(tx).await?;
    Ok(())
}

/// Queues the receipt of a voice note that was played. There is one for each at most.
pub(crate) async fn queue_played(
    tx: &DatabaseTransaction,
    row: &message::Model,
) -> Result<(), Error> {
    let of = (ConnectionId(row.connection_id), ChatId(row.chat_id));
    let receipt = receipt(of, outbox::PLAYED, row, &[row.wa_id.as_str()]);
    outbox::Entity::insert(receipt).exec_without_returning(tx).await?;
    Ok(())
}

fn receipt(
    (connection, chat): (ConnectionId, ChatId),
    kind: &'static str,
    newest: &message::Model,
    wa_ids: &[&str],
) -> outbox::ActiveModel {
    outbox::ActiveModel {
        connection_id: Set(connection.0),
        chat_id: Set(chat.0),
        kind: Set(kind.to_owned()),
        message_id: Set(newest.id),
        wa_id: Set(String::new()),
        payload: Set(codec::wa_ids(wa_ids)),
        attempts: Set(0),
        queued_at: Set(Some(codec::now())),
        ..Default::default()
    }
}

/// Deletes the oldest receipts of a chat that are too many beside those of `new` messages.
async fn make_room(tx: &DatabaseTransaction, chat: ChatId, new: usize) -> Result<(), Error> {
    let waiting: Vec<(i64, String)> = outbox::Entity::find()
        .filter(outbox::Column::ChatId.eq(chat.0))
        .filter(outbox::Column::Kind.eq(outbox::READ))
        .order_by_desc(outbox::Column::Id)
        .select_only()
        .columns([outbox::Column::Id, outbox::Column::Payload])
        .into_tuple()
        .all(tx)
        .await?;
    let mut kept = new;
    let mut too_old = Vec::new();
    for (id, payload) in waiting {
        if kept < OF_A_CHAT {
            kept += codec::read_wa_ids(&payload)?.len();
        } else {
            too_old.push(id);
        }
    }
    if too_old.is_empty() {
        return Ok(());
    }
    outbox::Entity::delete_many().filter(outbox::Column::Id.is_in(too_old)).exec(tx).await?;
    Ok(())
}

/// Keeps the receipts that name one of these messages of a chat, which are about to be removed: each names
/// the newest of its messages that is left. One of which none is left goes with them.
pub(crate) async fn keep(
    tx: &DatabaseTransaction,
    removed: &[message::Model],
) -> Result<(), Error> {
    let ids = || removed.iter().map(|row| row.id);
    let receipts: Vec<(i64, i64, String)> = outbox::Entity::find()
        .filter(outbox::Column::MessageId.is_in(ids()))
        .filter(outbox::Column::Kind.eq(outbox::READ))
        .select_only()
        .columns([outbox::Column::Id, outbox::Column::MessageId, outbox::Column::Payload])
        .into_tuple()
        .all(tx)
        .await?;
    for (receipt, named, payload) in receipts {
        let Some(named) = removed.iter().find(|row| row.id == named) else { continue };
        let left: Option<i64> = message::Entity::find()
            .filter(message::Column::ConnectionId.eq(named.connection_id))
            .filter(message::Column::WaId.is_in(codec::read_wa_ids(&payload)?))
            .filter(message::Column::ChatId.eq(named.chat_id))
            .filter(message::Column::SenderId.eq(named.sender_id))
            .filter(message::Column::Id.is_not_in(ids()))
            .order_by_desc(message::Column::Position)
            .select_only()
            .column(message::Column::Id)
            .limit(1)
            .into_tuple()
            .one(tx)
            .await?;
        let Some(left) = left else { continue };
        outbox::Entity::update_many()
            .col_expr(outbox::Column::MessageId, Expr::val(left))
            .filter(outbox::Column::Id.eq(receipt))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// Deletes the receipts of a number whose phone was unlinked.
pub(crate) async fn forget(
    tx: &DatabaseTransaction,
    connection: ConnectionId,
) -> Result<(), Error> {
    outbox::Entity::delete_many()
        .filter(outbox::Column::ConnectionId.eq(connection.0))
        .filter(outbox::Column::Kind.is_in(outbox::RECEIPTS))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes the receipts that have waited for longer than [`LASTS`].
pub(crate) async fn prune(tx: &DatabaseTransaction) -> Result<(), Error> {
    outbox::Entity::delete_many()
        .filter(outbox::Column::Kind.is_in(outbox::RECEIPTS))
        .filter(outbox::Column::QueuedAt.lt(codec::now() - LASTS))
        .exec(tx)
        .await?;
    Ok(())
}
