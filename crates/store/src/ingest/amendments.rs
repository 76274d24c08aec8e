//! Edits, deletions, reactions and votes: what changes messages that were said before.
//!
//! They are kept beside the messages and applied when those are read, so that it does not matter which
//! comes first, and nothing is overwritten.

use model::{ChatId, ConnectionId, MessageId, MessageKind, WaMessageId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, sea_query::Expr,
};

use super::{Inbound, bounds, contacts};
use crate::{
    Error, codec,
    entity::{amendment, chat, message},
    inbox,
    live::Change,
    write::Writing,
};

/// A change to a message that was said before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amends {
    /// WhatsApp's id of that message.
    pub target: String,
    pub what: Amendment,
}

/// What becomes of it. Who may is decided where messages are read: the author, and for
/// [`Self::RevokedByAdmin`], which WhatsApp's server lets through in groups only, anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amendment {
    /// Its text or caption is this.
    Edited(String),
    /// It was deleted for everybody.
    Revoked,
    /// The same by an administrator of the group.
    RevokedByAdmin,
    /// Somebody reacted with this emoji, or takes it back if it is empty.
    Reaction(String),
    /// Somebody voted in a poll: WhatsApp's `PollUpdateMessage`, which the poll itself is the key to. It is
    /// kept and not shown yet.
    Vote(Vec<u8>),
}

pub(crate) const EDITED: &str = "edited";
pub(crate) const REVOKED: &str = "revoked";
pub(crate) const REVOKED_BY_ADMIN: &str = "revoked_by_admin";
pub(crate) const REACTION: &str = "reaction";
const VOTE: &str = "vote";

impl Amendment {
    fn kind(&self) -> &'static str {
        match self {
            Self::Edited(_) => EDITED,
            Self::Revoked => REVOKED,
            Self::RevokedByAdmin => REVOKED_BY_ADMIN,
            Self::Reaction(_) => REACTION,
            Self::Vote(_) => VOTE,
        }
    }

    /// A reaction that is no emoji: no app offers it, and it would write into somebody else's bubble. Or a
    /// vote that is longer than any.
    fn is_nonsense(&self) -> bool {
        match self {
            Self::Reaction(emoji) => !emoji.is_empty() && !text::is_reaction(emoji),
            Self::Vote(protobuf) => protobuf.len() > model::bounds::VOTE,
            Self::Edited(_) | Self::Revoked | Self::RevokedByAdmin => false,
        }
    }

    fn value(&self) -> String {
        match self {
            Self::Edited(text) => codec::storable(text),
            Self::Reaction(emoji) => codec::storable(emoji),
            Self::Vote(protobuf) => hex::encode(protobuf),
            Self::Revoked | Self::RevokedByAdmin => String::new(),
        }
    }
}

/// Notes a change, and tells open pages if the message is here. Says whether it was new. Of a
/// conversation that is not here there is nothing to change.
pub(super) async fn store(
    writing: &mut Writing,
    connection: ConnectionId,
    inbound: &Inbound,
    amends: &Amends,
) -> Result<bool, Error> {
    let Ok(target) = WaMessageId::parse(&amends.target) else { return Ok(false) };
    let Some((chat, sender)) = place(writing, connection, inbound).await? else {
        return Ok(false);
    };
    no_message_after_all(writing, connection, chat, sender, &inbound.wa_id).await?;
    if amends.what.is_nonsense() {
        bounds::refuse("odd-amendment");
        return Ok(false);
    }
    let (kind, at) = (amends.what.kind(), codec::micros(inbound.timestamp));
    let before = amendment::Entity::find()
        .filter(amendment::Column::TargetWaId.eq(target.as_str()))
        .filter(amendment::Column::ChatId.eq(chat.0))
        .filter(amendment::Column::SenderId.eq(sender))
        .filter(amendment::Column::Kind.eq(kind))
        .one(&writing.tx)
        .await?;
    let value = amends.what.value();
    if before.as_ref().is_some_and(|old| old.at > at || (old.at == at && old.value == value)) {
        return Ok(false);
    }
    if let Some(old) = before {
        amendment::Entity::delete_by_id(old.id).exec(&writing.tx).await?;
    }
    let row = amendment::ActiveModel {
        connection_id: Set(connection.0),
        chat_id: Set(chat.0),
        sender_id: Set(sender),
        target_wa_id: Set(target.as_str().to_owned()),
        kind: Set(kind.to_owned()),
        value: Set(value),
        at: Set(at),
        ..Default::default()
    };
    amendment::Entity::insert(row).exec_without_returning(&writing.tx).await?;
    let amended: Vec<i64> = message::Entity::find()
        .filter(message::Column::ConnectionId.eq(connection.0))
        .filter(message::Column::WaId.eq(target.as_str()))
        .filter(message::Column::ChatId.eq(chat.0))
        .select_only()
        .column(message::Column::Id)
        .into_tuple()
        .all(&writing.tx)
        .await?;
    for id in amended {
        writing.announce(connection, Change::Message(chat, MessageId(id)));
    }
    Ok(true)
}

/// What could not be read at first may turn out to be a change: its placeholder goes.
async fn no_message_after_all(
    writing: &mut Writing,
    connection: ConnectionId,
    chat: ChatId,
    sender: i64,
    wa_id: &str,
) -> Result<(), Error> {
    let same = message::is(connection.0, wa_id, chat.0, sender);
    let row = message::head().filter(same).one(&writing.tx).await?;
    let Some(row) = row.filter(|row| MessageKind::from_name(&row.kind).is_placeholder()) else {
        return Ok(());
    };
    message::Entity::delete_by_id(row.id).exec(&writing.tx).await?;
    inbox::refresh_last(&writing.tx, [chat]).await?;
    writing.access_changed(connection);
    writing.announce(connection, Change::Reload(chat));
    Ok(())
}

/// The conversation, and who amends something in it.
async fn place(
    writing: &mut Writing,
    connection: ConnectionId,
    inbound: &Inbound,
) -> Result<Option<(ChatId, i64)>, Error> {
    let (chat, writer) = match &inbound.group {
        Some(group) => {
            let chat: Option<i64> = chat::Entity::find()
                .filter(chat::Column::ConnectionId.eq(connection.0))
                .filter(chat::Column::Jid.eq(codec::storable(group)))
                .select_only()
                .column(chat::Column::Id)
                .into_tuple()
                .one(&writing.tx)
                .await?;
            let writer = match inbound.sender.as_ref().filter(|_| !inbound.from_me) {
                Some(peer) => contacts::resolve(writing, connection, peer).await?,
                None => None,
            };
            (chat.map(ChatId), writer)
        }
        None => {
            let known = contacts::known(&writing.tx, connection, &inbound.peer.aliases()).await?;
            let Some(&contact) = known.first() else { return Ok(None) };
            (contacts::chat_of(&writing.tx, contact).await?, Some(contact))
        }
    };
    let sender = if inbound.from_me { Some(message::OURSELVES) } else { writer };
    Ok(chat.zip(sender))
}

/// Makes amendments of one chat, or of one contact, those of another. Of what both have, one stays.
pub(super) async fn pass_on(
    tx: &DatabaseTransaction,
    column: amendment::Column,
    from: i64,
    to: i64,
) -> Result<(), Error> {
    for row in amendment::Entity::find().filter(column.eq(from)).all(tx).await? {
        let (chat, sender) = match column {
            amendment::Column::ChatId => (to, row.sender_id),
            _ => (row.chat_id, to),
        };
        let twin = amendment::Entity::find()
            .filter(amendment::Column::TargetWaId.eq(&*row.target_wa_id))
            .filter(amendment::Column::ChatId.eq(chat))
            .filter(amendment::Column::SenderId.eq(sender))
            .filter(amendment::Column::Kind.eq(&*row.kind))
            .one(tx)
            .await?;
        if twin.is_some() {
            amendment::Entity::delete_by_id(row.id).exec(tx).await?;
        } else {
            amendment::Entity::update_many()
                .col_expr(column, Expr::val(to))
                .filter(amendment::Column::Id.eq(row.id))
                .exec(tx)
                .await?;
        }
    }
    Ok(())
}
