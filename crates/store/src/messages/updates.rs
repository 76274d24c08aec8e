//! The rows of message updates. Of the reactions, votes and deletions by one sender of one message
//! only the newest is kept. Edits are kept as the history of the text.

use std::collections::BTreeSet;

use model::{ChatId, ConnectionId, UserId, WaMessageId, bounds};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select, sea_query::Expr,
};

use super::update::{EDITED, MessageUpdate, SAID};
use crate::{
    Error,
    entity::{message, message_update},
};

/// An update to be stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewUpdate<'a> {
    pub(crate) connection: ConnectionId,
    pub(crate) chat: ChatId,
    /// The contact who sent it, or `message::OURSELVES`.
    pub(crate) sender: i64,
    pub(crate) target: &'a WaMessageId,
    pub(crate) what: &'a MessageUpdate,
    /// The time at which WhatsApp's server took it.
    pub(crate) at: i64,
    /// Its origin, if it was made in this inbox.
    pub(crate) made_here: Option<MadeHere<'a>>,
}

/// The origin of an update that was made in this inbox.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MadeHere<'a> {
    pub(crate) author: Option<UserId>,
    /// The id of its stanza.
    pub(crate) wa_id: &'a str,
}

/// Stores an update. Returns false if it is stored already, or has been replaced by a newer one.
pub(crate) async fn insert(tx: &DatabaseTransaction, update: NewUpdate<'_>) -> Result<bool, Error> {
    let (chat, sender, target) = (update.chat.0, update.sender, update.target.as_str());
    let (kind, value, at) = (update.what.kind(), update.what.value(), update.at);
    let before = of_sender(chat, sender, target, kind);
    if kind == EDITED {
        if has_edit(tx, before, at, &value).await? {
            return Ok(false);
        }
    } else if let Some(old) = before.one(tx).await? {
        if old.at > at || (old.at == at && old.value == value) {
            return Ok(false);
        }
        delete(tx, old.id).await?;
    }
    let row = message_update::ActiveModel {
        connection_id: Set(update.connection.0),
        chat_id: Set(chat),
        sender_id: Set(sender),
        target_wa_id: Set(target.to_owned()),
        kind: Set(kind.to_owned()),
        value: Set(value),
        at: Set(at),
        author_id: Set(update.made_here.and_then(|origin| origin.author).map(|author| author.0)),
        wa_id: Set(update.made_here.map(|origin| origin.wa_id.to_owned())),
        ..Default::default()
    };
    message_update::Entity::insert(row).exec_without_returning(tx).await?;
    if kind == EDITED {
        delete_surplus_edits(tx, chat, sender, target).await?;
    }
    Ok(true)
}

/// Reassigns the updates of one chat, or of one contact, to another. If both have the same update,
/// or one that is replaced by a newer one, one of the two is deleted. Returns WhatsApp's ids of the
/// messages that they apply to.
pub(crate) async fn reassign(
    tx: &DatabaseTransaction,
    column: message_update::Column,
    from: i64,
    to: i64,
) -> Result<BTreeSet<String>, Error> {
    let rows = message_update::Entity::find().filter(column.eq(from)).all(tx).await?;
    for row in &rows {
        let (chat, sender) = match column {
            message_update::Column::ChatId => (to, row.sender_id),
            _ => (row.chat_id, to),
        };
        let mut twin = of_sender(chat, sender, &row.target_wa_id, &row.kind);
        if row.kind == EDITED {
            twin = twin
                .filter(message_update::Column::At.eq(row.at))
                .filter(message_update::Column::Value.eq(&*row.value));
        }
        if let Some(twin) = twin.one(tx).await? {
            // Of two messages that are one, the row of the chat that is kept stays.
            if row.kind == SAID || twin.at >= row.at {
                delete(tx, row.id).await?;
                continue;
            }
            delete(tx, twin.id).await?;
        }
        message_update::Entity::update_many()
            .col_expr(column, Expr::val(to))
            .filter(message_update::Column::Id.eq(row.id))
            .exec(tx)
            .await?;
        if row.kind == EDITED {
            delete_surplus_edits(tx, chat, sender, &row.target_wa_id).await?;
        }
    }
    Ok(rows.into_iter().map(|row| row.target_wa_id).collect())
}

/// Selects the updates of one kind that a sender sent of a message.
pub(super) fn of_sender(
    chat: i64,
    sender: i64,
    target: &str,
    kind: &str,
) -> Select<message_update::Entity> {
    message_update::Entity::find()
        .filter(message_update::Column::TargetWaId.eq(target))
        .filter(message_update::Column::ChatId.eq(chat))
        .filter(message_update::Column::SenderId.eq(sender))
        .filter(message_update::Column::Kind.eq(kind))
}

/// Returns true if an own update of a message with this stanza id is stored.
pub(crate) async fn is_stored(
    tx: &DatabaseTransaction,
    row: &message::Model,
    wa_id: &WaMessageId,
) -> Result<bool, Error> {
    let same: Option<i64> = message_update::Entity::find()
        .filter(message_update::Column::TargetWaId.eq(&*row.wa_id))
        .filter(message_update::Column::ChatId.eq(row.chat_id))
        .filter(message_update::Column::SenderId.eq(message::OURSELVES))
        .filter(message_update::Column::WaId.eq(wa_id.as_str()))
        .select_only()
        .column(message_update::Column::Id)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(same.is_some())
}

pub(super) async fn delete(tx: &DatabaseTransaction, id: i64) -> Result<(), Error> {
    message_update::Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

async fn has_edit(
    tx: &DatabaseTransaction,
    edits: Select<message_update::Entity>,
    at: i64,
    value: &str,
) -> Result<bool, Error> {
    let same: Option<i64> = edits
        .filter(message_update::Column::At.eq(at))
        .filter(message_update::Column::Value.eq(value))
        .select_only()
        .column(message_update::Column::Id)
        .into_tuple()
        .one(tx)
        .await?;
    Ok(same.is_some())
}

/// Deletes the oldest edits beyond [`bounds::EDITS`].
async fn delete_surplus_edits(
    tx: &DatabaseTransaction,
    chat: i64,
    sender: i64,
    target: &str,
) -> Result<(), Error> {
    let newest_first: Vec<i64> = of_sender(chat, sender, target, EDITED)
        .order_by_desc(message_update::Column::At)
        .order_by_desc(message_update::Column::Id)
        .select_only()
        .column(message_update::Column::Id)
        .into_tuple()
        .all(tx)
        .await?;
    for surplus in newest_first.into_iter().skip(bounds::EDITS) {
        delete(tx, surplus).await?;
    }
    Ok(())
}
