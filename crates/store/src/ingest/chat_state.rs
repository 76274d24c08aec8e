//! What the own phone, or another device of the number, changed of its chats.
//!
//! Phones report it as they sync their state: one change as it is made, and all of it at linking. A chat that
//! is archived, pinned or muted may have no message here yet; it gets its row then, and is listed with its
//! first message.
//!
//! A change that was made here and waits for WhatsApp is newer than one of the phone, unless the phone's was
//! made clearly later ([`CLOCKS_DIFFER`]). Then that of the phone counts, and the other one is dropped. One
//! that is on its way to WhatsApp waits no more: it is reported too, before or after that of the phone.
//!
//! What is cleared or deleted on the phone is not lost: its messages are hidden, and the owner of the number
//! and administrators can have them shown again (`Store::show_cleared`). A favourite stays one that is here.

use chrono::{DateTime, Utc};
use model::{ChatAspect, ChatId, ConnectionId, MessageId, Muted, WaMessageId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::{Ingest, Peer, contacts, identity, receipts};
use crate::{
    Error,
    chats::{self, actions, state},
    codec,
    entity::{
        chat::{self, EVER},
        contact, message,
    },
    live::Change,
    messages::position,
    write::Writing,
};

/// Time by which the clocks of two devices may differ, in microseconds.
const CLOCKS_DIFFER: i64 = 10 * position::SECOND;

/// A change that the own phone made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneChange {
    /// The person of the chat, or nobody for a group.
    pub peer: Peer,
    /// The address of a group.
    pub group: Option<String>,
    /// The time at which it was made, by the clock of the phone.
    pub at: DateTime<Utc>,
    pub what: PhoneChangeOf,
}

/// The content of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneChangeOf {
    Archived(bool),
    Pinned(bool),
    /// `None` ended the mute.
    Muted(Option<Muted>),
    MarkedUnread,
    /// It was marked as read, up to this time in whole seconds.
    Read(DateTime<Utc>),
    /// A message became a favourite, or was one.
    Starred {
        wa_id: String,
        from_me: bool,
        starred: bool,
    },
    /// All messages up to this time in whole seconds were removed.
    Cleared(DateTime<Utc>),
    /// So was the chat.
    Deleted(DateTime<Utc>),
}

impl Ingest {
    /// Stores changes of the own phone in their order, as one transaction: at linking they are many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn phone_changes(&self, changes: &[PhoneChange]) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        for change in changes {
            self.phone_change(&mut writing, change).await?;
        }
        writing.commit().await
    }

    /// Stores the blocked contacts of the number, in place of those of before. One whose blocking or
    /// unblocking waits for WhatsApp stays as it is here.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn blocked(&self, blocked: &[Peer]) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let mut ids = Vec::with_capacity(blocked.len());
        for peer in blocked {
            ids.extend(contacts::resolve(&mut writing, self.connection, peer).await?);
        }
        let before: Vec<i64> = contact::Entity::find()
            .filter(contact::Column::ConnectionId.eq(self.connection.0))
            .filter(contact::Column::Blocked.eq(true))
            .select_only()
            .column(contact::Column::Id)
            .into_tuple()
            .all(&writing.tx)
            .await?;
        let unblocked = before.iter().filter(|id| !ids.contains(id)).map(|id| (*id, 0));
        let newly = ids.iter().filter(|id| !before.contains(id)).map(|id| (*id, 1));
        for (contact, value) in unblocked.chain(newly) {
            self.set_blocked(&mut writing, contact, value).await?;
        }
        writing.commit().await
    }

    async fn set_blocked(
        &self,
        writing: &mut Writing,
        contact: i64,
        value: i64,
    ) -> Result<(), Error> {
        let tx = &writing.tx;
        let Some(chat) = chats::find::with_contact(tx, contact).await? else {
            contacts::set_blocked(tx, contact, value != 0).await?;
            return Ok(());
        };
        if actions::of(chat, ChatAspect::Block, None).one(tx).await?.is_none() {
            contacts::set_blocked(tx, contact, value != 0).await?;
            writing.announce(self.connection, Change::Chat(chat));
        }
        Ok(())
    }

    async fn phone_change(&self, writing: &mut Writing, change: &PhoneChange) -> Result<(), Error> {
        use PhoneChangeOf::{
            Archived, Cleared, Deleted, MarkedUnread, Muted, Pinned, Read, Starred,
        };
        let begins_state =
            matches!(change.what, Archived(true) | Pinned(true) | Muted(Some(_)) | MarkedUnread);
        let Some(chat) = self.chat_of(writing, change, begins_state).await? else { return Ok(()) };
        let now = codec::now();
        match &change.what {
            Archived(archived) => {
                let value = i64::from(*archived);
                self.apply(writing, &chat, ChatAspect::Archive, value, change.at).await
            }
            Pinned(pinned) => {
                // A phone whose clock is ahead must not keep it on top for ever.
                let at = codec::micros(change.at).clamp(1, now);
                let value = if *pinned { at } else { 0 };
                self.apply(writing, &chat, ChatAspect::Pin, value, change.at).await
            }
            Muted(muted) => {
                let value = match muted {
                    Some(model::Muted::Always) => EVER,
                    Some(model::Muted::Until(at)) => codec::micros(*at),
                    None => 0,
                };
                // A mute that is over is none.
                let value = if value > now { value } else { 0 };
                self.apply(writing, &chat, ChatAspect::Mute, value, change.at).await
            }
            MarkedUnread => self.apply(writing, &chat, ChatAspect::Unread, 1, change.at).await,
            Read(until) => {
                let until = codec::micros(*until).saturating_add(position::SECOND - 1);
                receipts::read(writing, self.connection, ChatId(chat.id), until).await?;
                self.apply(writing, &chat, ChatAspect::Unread, 0, change.at).await
            }
            Starred { wa_id, from_me, starred } => {
                self.star(writing, &chat, (wa_id.as_str(), *from_me), *starred, change.at).await
            }
            Cleared(until) | Deleted(until) => {
                let is_whole = matches!(change.what, Deleted(_));
                let aspect = if is_whole { ChatAspect::Delete } else { ChatAspect::Clear };
                let until = codec::micros(*until).saturating_add(position::SECOND - 1);
                let last = last_until(writing, ChatId(chat.id), until).await?;
                let value = last.max(chat.cleared_position.unwrap_or(0)).max(1);
                self.apply(writing, &chat, aspect, value, change.at).await?;
                writing.announce(self.connection, Change::Reload(ChatId(chat.id)));
                Ok(())
            }
        }
    }

    /// Gives an aspect of a chat the value that it has on the phone, unless a newer one waits.
    async fn apply(
        &self,
        writing: &mut Writing,
        chat: &chat::Model,
        aspect: ChatAspect,
        value: i64,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.apply_to(writing, chat, (aspect, None), value, at).await
    }

    async fn apply_to(
        &self,
        writing: &mut Writing,
        chat: &chat::Model,
        (aspect, message): (ChatAspect, Option<MessageId>),
        value: i64,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let tx = &writing.tx;
        let id = ChatId(chat.id);
        match actions::of(id, aspect, message).one(tx).await? {
            // WhatsApp orders the two, and reports both in that order.
            Some(sent) if sent.queued_at == actions::UNDER_WAY => {
                actions::undo_to(tx, sent.id, value).await?;
            }
            Some(waiting) => {
                if codec::micros(at) <= waiting.queued_at.saturating_add(CLOCKS_DIFFER) {
                    return Ok(());
                }
                actions::delete(tx, waiting.id).await?;
            }
            None => {}
        }
        // A chat that was cleared before can still be deleted.
        let is_there = aspect != ChatAspect::Delete || chat.unlisted;
        if is_there && state::value(tx, chat, aspect, message).await? == value {
            return Ok(());
        }
        // The echo of a pin that was made here has another time.
        if aspect == ChatAspect::Pin && value != 0 && chat.pinned_at.is_some() {
            return Ok(());
        }
        state::set(tx, chat, aspect, message, value).await?;
        writing.announce(self.connection, Change::Chat(id));
        if let Some(message) = message {
            writing.announce(self.connection, Change::Message(id, message));
        }
        Ok(())
    }

    /// Stores that a message became a favourite, or was one. One that is not here is ignored.
    async fn star(
        &self,
        writing: &mut Writing,
        chat: &chat::Model,
        (wa_id, from_me): (&str, bool),
        starred: bool,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        if WaMessageId::parse(wa_id).is_err() {
            return Ok(());
        }
        let sender = message::Column::SenderId;
        let ours = sender.eq(message::OURSELVES);
        let theirs = sender.ne(message::OURSELVES);
        let row = message::head()
            .filter(message::Column::ConnectionId.eq(self.connection.0))
            .filter(message::Column::WaId.eq(wa_id))
            .filter(message::Column::ChatId.eq(chat.id))
            .filter(if from_me { ours } else { theirs })
            .one(&writing.tx)
            .await?;
        let Some(row) = row else { return Ok(()) };
        let star = (ChatAspect::Star, Some(MessageId(row.id)));
        self.apply_to(writing, chat, star, i64::from(starred), at).await
    }

    /// Returns the chat of a change. If there is none and the change `begins` a state, it is created, and
    /// listed once it has a message.
    async fn chat_of(
        &self,
        writing: &mut Writing,
        change: &PhoneChange,
        begins: bool,
    ) -> Result<Option<chat::Model>, Error> {
        let known = match &change.group {
            None => self.chat_with(&writing.tx, &change.peer).await?,
            Some(group) => chats::find::of_group(&writing.tx, self.connection, group).await?,
        };
        let id = match known {
            Some(id) => id,
            None if !begins => return Ok(None),
            None => {
                let Some(id) = create_unlisted(writing, self.connection, change).await? else {
                    return Ok(None);
                };
                id
            }
        };
        Ok(chat::Entity::find_by_id(id.0).one(&writing.tx).await?)
    }
}

/// Creates the chat of a change, which is in no list until it has a message.
async fn create_unlisted(
    writing: &mut Writing,
    connection: ConnectionId,
    change: &PhoneChange,
) -> Result<Option<ChatId>, Error> {
    let (jid, contact) = match &change.group {
        Some(group) if identity::is_address(group) => (Some(codec::storable(group)), None),
        Some(_) => return Ok(None),
        None => {
            let contact = contacts::resolve(writing, connection, &change.peer).await?;
            (change.peer.address().filter(|_| contact.is_some()), contact)
        }
    };
    let Some(jid) = jid else { return Ok(None) };
    let id = chats::find::or_create(&writing.tx, connection, &jid, contact).await?;
    state::unlist(&writing.tx, id).await?;
    Ok(Some(id))
}

/// Returns the position of the last message of a chat up to a time; 0 if there is none.
async fn last_until(writing: &Writing, chat: ChatId, until: i64) -> Result<i64, Error> {
    let position: Option<i64> = message::Entity::find()
        .filter(message::Column::ChatId.eq(chat.0))
        .filter(message::Column::Position.lte(until))
        .order_by_desc(message::Column::Position)
        .limit(1)
        .select_only()
        .column(message::Column::Position)
        .into_tuple()
        .one(&writing.tx)
        .await?;
    Ok(position.unwrap_or(0))
}
