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
    /// The content, if it is more than kind, text and file ([`super::content`]).
    pub(crate) content: Option<String>,
    /// The message that it answers.
    pub(crate) quote: Option<NewQuote>,
    /// WhatsApp's `forwarding_score`; 0 for an original.
    pub(crate) forwarded: u32,
    pub(crate) sent_at: i64,
    pub(crate) position: i64,
    /// The delivery state of an outgoing message.
    pub(crate) delivery: Option<Delivery>,
    /// The time at which it disappears ([`super::timer`]).
    pub(crate) expires_at: Option<i64>,
    /// The people whom it mentions ([`super::mentions`]).
    pub(crate) mentions: Option<String>,
    /// It mentions the number.
    pub(crate) mentions_us: bool,
}

/// The quoted part of an answer, which is stored with the answer.
#[derive(Debug)]
pub(crate) struct NewQuote {
    pub(crate) wa_id: String,
    /// The contact who wrote the quoted message, or `message::OURSELVES`; `None` if it is unknown.
    pub(crate) sender: Option<i64>,
    pub(crate) kind: MessageKind,
    /// The beginning of its text, at most `bounds::EXCERPT` characters.
    pub(crate) text: String,
}

/// Inserts a message; returns `None` if it is stored already. A message that a
/// contact wrote, or a call of them, is unread.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    new: NewMessage<'_>,
) -> Result<Option<i64>, Error> {
    let (quoted_wa_id, quoted_sender_id, quoted_kind, quoted_text) = match new.quote {
        Some(NewQuote { wa_id, sender, kind, text }) => {
            (Some(wa_id), sender, Some(kind.as_str().to_owned()), Some(text))
        }
        None => (None, None, None, None),
    };
    let row = message::ActiveModel {
        connection_id: Set(new.connection.0),
        chat_id: Set(new.chat.0),
        sender_id: Set(new.sender),
        wa_id: Set(new.wa_id.as_str().to_owned()),
        author_id: Set(new.author.map(|author| author.0)),
        kind: Set(new.kind.as_str().to_owned()),
        text: Set(new.text),
        content: Set(new.content),
        sent_at: Set(new.sent_at),
        position: Set(new.position),
        delivery: Set(new.delivery.map(codec::delivery)),
        unread: Set(new.sender != message::OURSELVES && new.kind != MessageKind::System),
        forwarded: Set(i64::from(new.forwarded)),
        quoted_wa_id: Set(quoted_wa_id),
        quoted_sender_id: Set(quoted_sender_id),
        quoted_kind: Set(quoted_kind),
        quoted_text: Set(quoted_text),
        expires_at: Set(new.expires_at),
        mentions: Set(new.mentions),
        mentions_us: Set(new.mentions_us),
        ..Default::default()
    };
    let inserted = message::Entity::insert(row).on_conflict_do_nothing_on(message::IDENTITY);
    Ok(match inserted.exec(tx).await? {
        TryInsertResult::Inserted(result) => Some(result.last_insert_id),
        _ => None,
    })
}
