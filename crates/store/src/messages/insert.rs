//! Inserts a new message.

use model::{ChatId, ConnectionId, Delivery, MessageKind, UserId, WaMessageId};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait as _, TryInsertResult};

use crate::{Error, codec, entity::message};

/// A message to be inserted.
#[derive(Debug)]
pub(crate) struct NewMessage<'a> {
    pub(crate) connection: ConnectionId,
    pub(crate) chat: ChatId,
    /// The contact who wrote it, or `message::OURSELVES`.
    pub(crate) sender: i64,
    pub(crate) wa_id: &'a WaMessageId,
    /// The user who wrote it in this inbox.
    pub(crate) author: Option<UserId>,
    pub(crate) kind: MessageKind,
    pub(crate) text: String,
    pub(crate) sent_at: i64,
    pub(crate) position: i64,
    /// The delivery state of an outgoing message.
    pub(crate) delivery: Option<Delivery>,
}

/// Inserts a message; returns `None` if it is stored already. A message of a contact is unread.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    new: NewMessage<'_>,
) -> Result<Option<i64>, Error> {
    let row = message::ActiveModel {
        connection_id: Set(new.connection.0),
        chat_id: Set(new.chat.0),
        sender_id: Set(new.sender),
        wa_id: Set(new.wa_id.as_str().to_owned()),
        author_id: Set(new.author.map(|author| author.0)),
        kind: Set(new.kind.as_str().to_owned()),
        text: Set(new.text),
        sent_at: Set(new.sent_at),
        position: Set(new.position),
        delivery: Set(new.delivery.map(|delivery| codec::delivery(delivery).to_owned())),
        unread: Set(new.sender != message::OURSELVES),
        ..Default::default()
    };
    let inserted = message::Entity::insert(row).on_conflict_do_nothing_on(message::IDENTITY);
    Ok(match inserted.exec(tx).await? {
        TryInsertResult::Inserted(result) => Some(result.last_insert_id),
        _ => None,
    })
}
