//! The rows of message updates. Of the reactions, votes and deletions by one sender of one message
//! only the newest counts. Edits are kept as the history of the text. Of an older update that was made
//! here the stanza id is kept, so that a repeated request does not make it again.

use std::collections::BTreeSet;

use model::{ChatId, ConnectionId, UserId, WaMessageId, bounds};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select, sea_query::Expr,
};

use super::update::{EDITED, MessageUpdate, REPLACED, SAID};
use crate::{Error, entity::message_update};

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
    let is_old = if kind == EDITED {
        has_edit(tx, before, at, &value).await?
    } else {
        match before.one(tx).await? {
            Some(stored) if stored.at > at || (stored.at == at && stored.value == value) => true,
            Some(stored) => {
                replace(tx, &stored).await?;
                false
            }
            None => false,
        }
    };
    if is_old && update.made_here.is_none() {
        return Ok(false);
    }
    // An old update does not count. Only its stanza id is kept.
    let (kind, value) = if is_old { (REPLACED, String::new()) } else { (kind, value) };
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
    delete_surplus(tx, chat, sender, target, kind).await?;
    Ok(!is_old)
}

/// Replaces an update, which does not count any more. Only the row of one that was made here stays.
async fn replace(tx: &DatabaseTransaction, old: &message_update::Model) -> Result<(), Error> {
    if old.wa_id.is_none() {
        return delete(tx, old.id).await;
    }
    message_update::Entity::update_many()
        .col_expr(message_update::Column::Kind, Expr::val(REPLACED))
        .col_expr(message_update::Column::Value, Expr::val(""))
        .filter(message_update::Column::Id.eq(old.id))
        .exec(tx)
        .await?;
    delete_surplus(tx, old.chat_id, old.sender_id, &old.target_wa_id, REPLACED).await
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
        // Ids are kept side by side.
        let twin = if row.kind == REPLACED { None } else { twin.one(tx).await? };
        // Of two messages that are one, the row of the chat that is kept stays.
        let stays = twin.as_ref().is_some_and(|twin| row.kind == SAID || twin.at >= row.at);
        if stays && row.wa_id.is_none() {
            delete(tx, row.id).await?;
            continue;
        }
        message_update::Entity::update_many()
            .col_expr(column, Expr::val(to))
            .filter(message_update::Column::Id.eq(row.id))
            .exec(tx)
            .await?;
        if let Some(twin) = &twin {
            let moved = message_update::Model { chat_id: chat, sender_id: sender, ..row.clone() };
            replace(tx, if stays { &moved } else { twin }).await?;
        }
        delete_surplus(tx, chat, sender, &row.target_wa_id, &row.kind).await?;
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

/// Selects the update that was made here with this stanza id.
pub(crate) fn with_id(
    connection: ConnectionId,
    wa_id: &WaMessageId,
) -> Select<message_update::Entity> {
    message_update::Entity::find()
        .filter(message_update::Column::ConnectionId.eq(connection.0))
        .filter(message_update::Column::WaId.eq(wa_id.as_str()))
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

/// Deletes the oldest updates of a kind of which several are kept, beyond their bound. Other
/// kinds have no bound.
async fn delete_surplus(
    tx: &DatabaseTransaction,
    chat: i64,
    sender: i64,
    target: &str,
    kind: &str,
) -> Result<(), Error> {
    let kept = match kind {
        EDITED => bounds::EDITS,
        REPLACED => bounds::REMEMBERED_CHANGES,
        _ => return Ok(()),
    };
    let newest_first: Vec<i64> = of_sender(chat, sender, target, kind)
        .order_by_desc(message_update::Column::At)
        .order_by_desc(message_update::Column::Id)
        .select_only()
        .column(message_update::Column::Id)
        .into_tuple()
        .all(tx)
        .await?;
    for surplus in newest_first.into_iter().skip(kept) {
        delete(tx, surplus).await?;
    }
    Ok(())
}
