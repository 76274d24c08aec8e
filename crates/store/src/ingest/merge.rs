//! Two contacts turn out to be one person: their conversations become one.

use model::{ChatId, ConnectionId};
use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    sea_query::Expr,
};

use super::{contacts, position};
use crate::{
    Error,
    entity::{chat, contact, contact_alias, message},
    inbox,
    live::Change,
    write::Writing,
};

/// Makes `gone` part of `kept`. Nothing that was said is lost; what both had is there once.
pub(super) async fn contacts(
    writing: &mut Writing,
    connection: ConnectionId,
    kept: i64,
    gone: i64,
) -> Result<(), Error> {
    let tx = &writing.tx;
    authorship(tx, connection, kept, gone).await?;
    contact_alias::Entity::update_many()
        .col_expr(contact_alias::Column::ContactId, Expr::val(kept))
        .filter(contact_alias::Column::ContactId.eq(gone))
        .exec(tx)
        .await?;
    what_is_known(tx, kept, gone).await?;
    let merged = match (contacts::chat_of(tx, kept).await?, contacts::chat_of(tx, gone).await?) {
        (Some(into), Some(from)) => {
            chats(tx, into, from).await?;
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
    contact::Entity::delete_by_id(gone).exec(tx).await?;
    if let Some(chat) = merged {
        writing.announce(connection, Change::Merged(chat));
    }
    Ok(())
}

/// What `gone` wrote was written by `kept`; a message that came under both names is one message.
async fn authorship(
    tx: &DatabaseTransaction,
    connection: ConnectionId,
    kept: i64,
    gone: i64,
) -> Result<(), Error> {
    for message in contacts::written_by(tx, connection, gone).await? {
        let twin = message::Entity::find()
            .filter(message::Column::ConnectionId.eq(connection.0))
            .filter(message::Column::WaId.eq(&*message.wa_id))
            .filter(message::Column::ChatId.eq(message.chat_id))
            .filter(message::Column::SenderId.eq(kept))
            .one(tx)
            .await?;
        if twin.is_some() {
            message::Entity::delete_by_id(message.id).exec(tx).await?;
            inbox::refresh_last(tx, ChatId(message.chat_id)).await?;
        } else {
            message::Entity::update_many()
                .col_expr(message::Column::SenderId, Expr::val(kept))
                .filter(message::Column::Id.eq(message.id))
                .exec(tx)
                .await?;
        }
    }
    Ok(())
}

/// Names and numbers that only `gone` had.
async fn what_is_known(tx: &DatabaseTransaction, kept: i64, gone: i64) -> Result<(), Error> {
    let Some(row) = contact::Entity::find_by_id(gone).one(tx).await? else { return Ok(()) };
    let known = [
        (contact::Column::Phone, row.phone),
        (contact::Column::Lid, row.lid),
        (contact::Column::SavedName, row.saved_name),
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

/// Moves every message, in order, and drops the empty chat. Authors are the same already, so a
/// message that is in both is recognised by sender and id.
async fn chats(tx: &DatabaseTransaction, into: ChatId, from: ChatId) -> Result<(), Error> {
    let moving = message::Entity::find()
        .filter(message::Column::ChatId.eq(from.0))
        .order_by_asc(message::Column::Position)
        .all(tx)
        .await?;
    for message in moving {
        let twin = message::Entity::find()
            .filter(message::Column::ConnectionId.eq(message.connection_id))
            .filter(message::Column::WaId.eq(&*message.wa_id))
            .filter(message::Column::ChatId.eq(into.0))
            .filter(message::Column::SenderId.eq(message.sender_id))
            .one(tx)
            .await?;
        if twin.is_some() {
            // Goes with the chat.
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
    let newer = newest_address(tx, into, from).await?;
    chat::Entity::delete_by_id(from.0).exec(tx).await?;
    if let Some(address) = newer {
        chat::Entity::update_many()
            .col_expr(chat::Column::Address, Expr::val(address))
            .filter(chat::Column::Id.eq(into.0))
            .exec(tx)
            .await?;
    }
    inbox::refresh_last(tx, into).await
}

/// The address of `from`, if that was used more recently.
async fn newest_address(
    tx: &DatabaseTransaction,
    into: ChatId,
    from: ChatId,
) -> Result<Option<String>, Error> {
    let both =
        chat::Entity::find().filter(chat::Column::Id.is_in([into.0, from.0])).all(tx).await?;
    let newest = both.into_iter().max_by_key(|chat| chat.last_at);
    Ok(newest.filter(|chat| chat.id == from.0).map(|chat| chat.address))
}
