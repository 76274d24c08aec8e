//! Message updates: edits, deletions, reactions and votes.
//!
//! They are stored beside the messages and applied when messages are read ([`crate::inbox`]). So an
//! update may arrive before its message, and nothing is overwritten. Of the updates of one kind by
//! one sender to one message only the newest is kept.

use model::{ChatId, ConnectionId, MessageId, MessageKind, WaMessageId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, sea_query::Expr,
};

use super::{Inbound, bounds, contacts};
use crate::{
    Error, codec,
    entity::{chat, message, message_update},
    inbox,
    live::Change,
    write::Writing,
};

/// An update, and the message that it applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateOf {
    /// WhatsApp's id of the message.
    pub target: String,
    /// The update.
    pub what: MessageUpdate,
}

/// A change of an earlier message.
///
/// It is stored from any sender; the right to make it is checked when messages are read. The author
/// of a message may edit and delete it. [`Self::RevokedByAdmin`] is accepted from every sender,
/// since WhatsApp's server lets it through in groups only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageUpdate {
    /// The new text or caption.
    Edited(String),
    /// The message was deleted for everybody.
    Revoked,
    /// An administrator of the group deleted the message for everybody.
    RevokedByAdmin,
    /// The sender reacted with this emoji; the empty string withdraws the reaction.
    Reaction(String),
    /// A vote in a poll: WhatsApp's `PollUpdateMessage`, encrypted with a key that is in the poll.
    /// It is stored and not shown yet.
    Vote(Vec<u8>),
}

pub(crate) const EDITED: &str = "edited";
pub(crate) const REVOKED: &str = "revoked";
pub(crate) const REVOKED_BY_ADMIN: &str = "revoked_by_admin";
pub(crate) const REACTION: &str = "reaction";
const VOTE: &str = "vote";

impl MessageUpdate {
    fn kind(&self) -> &'static str {
        match self {
            Self::Edited(_) => EDITED,
            Self::Revoked => REVOKED,
            Self::RevokedByAdmin => REVOKED_BY_ADMIN,
            Self::Reaction(_) => REACTION,
            Self::Vote(_) => VOTE,
        }
    }

    /// Returns true for a reaction that is not one emoji, which no app offers and which would put
    /// text into another person's bubble, and for a vote that is too long.
    fn is_invalid(&self) -> bool {
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

/// Stores an update and announces the change if the message is stored. Returns true if the update
/// was new. An update in an unknown chat is ignored.
pub(super) async fn store(
    writing: &mut Writing,
    connection: ConnectionId,
    inbound: &Inbound,
    update: &UpdateOf,
) -> Result<bool, Error> {
    let Ok(target) = WaMessageId::parse(&update.target) else { return Ok(false) };
    let Some((chat, sender)) = chat_and_sender(writing, connection, inbound).await? else {
        return Ok(false);
    };
    remove_placeholder(writing, connection, chat, sender, &inbound.wa_id).await?;
    if update.what.is_invalid() {
        bounds::count_refusal("odd-amendment");
        return Ok(false);
    }
    let (kind, at) = (update.what.kind(), codec::micros(inbound.timestamp));
    let before = message_update::Entity::find()
        .filter(message_update::Column::TargetWaId.eq(target.as_str()))
        .filter(message_update::Column::ChatId.eq(chat.0))
        .filter(message_update::Column::SenderId.eq(sender))
        .filter(message_update::Column::Kind.eq(kind))
        .one(&writing.tx)
        .await?;
    let value = update.what.value();
    if before.as_ref().is_some_and(|old| old.at > at || (old.at == at && old.value == value)) {
        return Ok(false);
    }
    if let Some(old) = before {
        message_update::Entity::delete_by_id(old.id).exec(&writing.tx).await?;
    }
    let row = message_update::ActiveModel {
        connection_id: Set(connection.0),
        chat_id: Set(chat.0),
        sender_id: Set(sender),
        target_wa_id: Set(target.as_str().to_owned()),
        kind: Set(kind.to_owned()),
        value: Set(value),
        at: Set(at),
        ..Default::default()
    };
    message_update::Entity::insert(row).exec_without_returning(&writing.tx).await?;
    let updated: Vec<i64> = message::Entity::find()
        .filter(message::Column::ConnectionId.eq(connection.0))
        .filter(message::Column::WaId.eq(target.as_str()))
        .filter(message::Column::ChatId.eq(chat.0))
        .select_only()
        .column(message::Column::Id)
        .into_tuple()
        .all(&writing.tx)
        .await?;
    for id in updated {
        writing.announce(connection, Change::Message(chat, MessageId(id)));
    }
    Ok(true)
}

/// Deletes the placeholder of this stanza. An update that could not be decrypted at first was
/// stored as a placeholder, since its content was unknown.
async fn remove_placeholder(
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

/// Returns the chat and the sender of an update, or `None` if the chat is unknown.
async fn chat_and_sender(
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
            let aliases = inbound.peer.aliases();
            let contacts = contacts::contact_ids(&writing.tx, connection, &aliases).await?;
            let Some(&contact) = contacts.first() else { return Ok(None) };
            (contacts::chat_of(&writing.tx, contact).await?, Some(contact))
        }
    };
    let sender = if inbound.from_me { Some(message::OURSELVES) } else { writer };
    Ok(chat.zip(sender))
}

/// Reassigns the updates of one chat, or of one contact, to another. If both have the same update,
/// one of the two is deleted.
pub(super) async fn reassign(
    tx: &DatabaseTransaction,
    column: message_update::Column,
    from: i64,
    to: i64,
) -> Result<(), Error> {
    for row in message_update::Entity::find().filter(column.eq(from)).all(tx).await? {
        let (chat, sender) = match column {
            message_update::Column::ChatId => (to, row.sender_id),
            _ => (row.chat_id, to),
        };
        let twin = message_update::Entity::find()
            .filter(message_update::Column::TargetWaId.eq(&*row.target_wa_id))
            .filter(message_update::Column::ChatId.eq(chat))
            .filter(message_update::Column::SenderId.eq(sender))
            .filter(message_update::Column::Kind.eq(&*row.kind))
            .one(tx)
            .await?;
        if twin.is_some() {
            message_update::Entity::delete_by_id(row.id).exec(tx).await?;
        } else {
            message_update::Entity::update_many()
                .col_expr(column, Expr::val(to))
                .filter(message_update::Column::Id.eq(row.id))
                .exec(tx)
                .await?;
        }
    }
    Ok(())
}
