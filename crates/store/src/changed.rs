//! Announces messages that an update changed.

use model::{ChatId, ConnectionId, WaMessageId};
use sea_orm::{ColumnTrait as _, QueryFilter as _};

use crate::{Error, entity::message, live::Change, messages::projection::Changed, write::Writing};

/// Announces messages whose content was changed.
pub(crate) fn announce(writing: &mut Writing, changed: Vec<Changed>) {
    for Changed { connection, chat, message, is_placeholder } in changed {
        writing.announce(connection, Change::Message(chat, message));
        // The count of placeholders is part of the number that pages show.
        if is_placeholder {
            writing.access_changed(connection);
        }
    }
}

/// Announces the message beside which an update is shown, if it has arrived.
pub(crate) async fn announce_target(
    writing: &mut Writing,
    connection: ConnectionId,
    chat: ChatId,
    target: &WaMessageId,
) -> Result<(), Error> {
    let rows = message::head()
        .filter(message::Column::ConnectionId.eq(connection.0))
        .filter(message::Column::WaId.eq(target.as_str()))
        .filter(message::Column::ChatId.eq(chat.0))
        .all(&writing.tx)
        .await?;
    for row in &rows {
        writing.message_changed(row);
    }
    Ok(())
}
