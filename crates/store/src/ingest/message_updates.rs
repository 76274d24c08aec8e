//! Message updates: edits, deletions, reactions and votes. They may arrive before their message.
//!
//! Each is a row beside the messages. Edits and deletions are also applied to the row of the
//! message ([`projection`]), whose first content is kept.

use model::{ChatId, ConnectionId, WaMessageId};
use sea_orm::QueryFilter as _;

use super::{Inbound, bounds, contacts, messages::mentioned};
use crate::{
    Error, changed, chats, codec,
    entity::message,
    live::Change,
    messages::{
        MessageUpdate, UpdateOf, mentions, placeholder, projection,
        updates::{self, NewUpdate},
    },
    write::Writing,
};

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
    let new = NewUpdate {
        connection,
        chat,
        sender,
        target: &target,
        what: &update.what,
        at: codec::micros(inbound.timestamp),
        made_here: None,
    };
    if !updates::insert(&writing.tx, new).await? {
        return Ok(false);
    }
    mention(writing, inbound, (connection, chat, sender), &target).await?;
    if update.what.is_effective() {
        let rows = projection::apply(&writing.tx, connection, chat, target.as_str()).await?;
        changed::announce(writing, rows);
        return Ok(true);
    }
    // A vote is announced once it is opened.
    if !matches!(update.what, MessageUpdate::Vote(_)) {
        changed::announce_target(writing, connection, chat, &target).await?;
    }
    Ok(true)
}

/// Adds the people whom an edit mentions to those of its message, if that is stored.
async fn mention(
    writing: &Writing,
    inbound: &Inbound,
    (connection, chat, sender): (ConnectionId, ChatId, i64),
    target: &WaMessageId,
) -> Result<(), Error> {
    let mentioned = mentioned(inbound);
    if mentioned.is_empty() {
        return Ok(());
    }
    let edited = message::is(connection.0, target.as_str(), chat.0, sender);
    let Some(row) = message::head().filter(edited).one(&writing.tx).await? else { return Ok(()) };
    mentions::add(&writing.tx, &row, mentioned).await?;
    if inbound.mentions.ourselves {
        mentions::set_ours(&writing.tx, row.id).await?;
    }
    Ok(())
}

/// Deletes the placeholder of this stanza. An update that could not be decrypted at first was
/// stored as a placeholder, since its content was unknown; so was a stanza that is no message.
pub(super) async fn remove_placeholder(
    writing: &mut Writing,
    connection: ConnectionId,
    chat: ChatId,
    sender: i64,
    wa_id: &str,
) -> Result<(), Error> {
    let same = message::is(connection.0, wa_id, chat.0, sender);
    let row = message::head().filter(same).one(&writing.tx).await?;
    let Some(row) = row else { return Ok(()) };
    if !placeholder::is_unfilled(&writing.tx, &row).await? {
        return Ok(());
    }
    placeholder::delete(&writing.tx, &row).await?;
    chats::refresh_last(&writing.tx, [chat]).await?;
    writing.access_changed(connection);
    writing.announce(connection, Change::Reload(chat));
    Ok(())
}

/// Returns the chat and the sender of an update, or `None` if the chat is unknown.
pub(super) async fn chat_and_sender(
    writing: &mut Writing,
    connection: ConnectionId,
    inbound: &Inbound,
) -> Result<Option<(ChatId, i64)>, Error> {
    let (chat, writer) = match &inbound.group {
        Some(group) => {
            let chat = chats::find::of_group(&writing.tx, connection, group).await?;
            let writer = match inbound.sender.as_ref().filter(|_| !inbound.from_me) {
                Some(peer) => contacts::resolve(writing, connection, peer).await?,
                None => None,
            };
            (chat, writer)
        }
        None => {
            let aliases = inbound.peer.aliases();
            if contacts::contact_ids(&writing.tx, connection, &aliases).await?.is_empty() {
                return Ok(None);
            }
            // Several contacts are one person, as for a message.
            let contact = contacts::resolve(writing, connection, &inbound.peer).await?;
            let chat = match contact {
                Some(contact) => chats::find::with_contact(&writing.tx, contact).await?,
                None => None,
            };
            (chat, contact)
        }
    };
    let sender = if inbound.from_me { Some(message::OURSELVES) } else { writer };
    Ok(chat.zip(sender))
}
