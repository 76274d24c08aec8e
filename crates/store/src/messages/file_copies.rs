//! The files that are to be copied from those of other messages ([`crate::copies`]).

use model::{ConnectionId, MessageId};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, EntityTrait as _, QuerySelect as _,
    QueryTrait as _, sea_query::SelectStatement,
};

use crate::{
    Error, codec,
    entity::{media, media_copy},
};

/// Stores that a message gets a copy of this file.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    message: MessageId,
    (connection, source): (ConnectionId, MessageId),
) -> Result<(), Error> {
    let row = media_copy::ActiveModel {
        message_id: Set(message.0),
        from_connection_id: Set(connection.0),
        from_message_id: Set(source.0),
        since: Set(codec::now()),
    };
    media_copy::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub(crate) async fn delete(tx: &DatabaseTransaction, message: MessageId) -> Result<(), Error> {
    media_copy::Entity::delete_by_id(message.0).exec(tx).await?;
    Ok(())
}

/// Returns the number and the message by which a stored file is named: its own, or those of its source
/// until it is copied.
pub(crate) async fn place(
    db: &impl ConnectionTrait,
    file: &media::Model,
) -> Result<(ConnectionId, MessageId), Error> {
    let own = (ConnectionId(file.connection_id), MessageId(file.message_id));
    if file.state != codec::COPYING {
        return Ok(own);
    }
    let copy = media_copy::Entity::find_by_id(file.message_id).one(db).await?;
    let source = |copy: media_copy::Model| {
        (ConnectionId(copy.from_connection_id), MessageId(copy.from_message_id))
    };
    // It may have been copied in between.
    Ok(copy.map_or(own, source))
}

/// Selects the messages whose files are to be copied. Their files stay until then.
pub(crate) fn sources() -> SelectStatement {
    media_copy::Entity::find().select_only().column(media_copy::Column::FromMessageId).into_query()
}

/// Selects the messages that get the copies.
pub(crate) fn copies() -> SelectStatement {
    media_copy::Entity::find().select_only().column(media_copy::Column::MessageId).into_query()
}
