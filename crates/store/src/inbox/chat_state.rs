//! What people do with a chat as a whole: archiving, pinning, muting, marking it as unread, clearing and
//! deleting it, blocking its contact. It counts here at once, and goes to the phone of the number
//! ([`actions`]).

use chrono::Utc;
use model::{
    AuditAction, ChatAspect, ChatChange, ChatId, ChatOptions, ConnectionId, MOST_PINNED, Muted,
};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait as _,
    PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
};

use super::{read::is_linked, send::require_current};
use crate::{
    Error, Grant, NewAuditEntry, Remove, Store, Viewer, Write,
    access::Right,
    audit,
    chats::{
        actions::{self, NewAction},
        state,
    },
    codec,
    entity::{
        chat::{self, EVER},
        message,
    },
    live::Change,
    write::Writing,
};

impl Viewer {
    /// Returns what can be done with a chat.
    ///
    /// # Errors
    /// [`Error::NotFound`] unless this user may write in the chat.
    pub async fn chat_options(&self, chat: ChatId) -> Result<ChatOptions, Error> {
        let (_, chat) = self.write_chat(chat).await?;
        let db = self.store().db();
        let row = chat::Entity::find_by_id(chat.id.0).one(db).await?.ok_or(Error::NotFound)?;
        let can_remove = self.may(chat.connection, Right::Remove).await?;
        let refused = row.refused.as_deref();
        Ok(ChatOptions {
            muted: row.muted_until.map(muted),
            refused: refused.map(|name| codec::read_enum("an aspect", name)).transpose()?,
            has_cleared: has_cleared(db, &row).await?,
            can_remove,
            chat,
        })
    }
}

impl Store {
    /// Changes the state of a chat. A change that changes nothing is not sent.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the chat does not belong to the grant's number, or is private and the user is
    /// not its owner; [`Error::Replaced`] when the number's phone changed; [`Error::TooManyPinned`].
    pub async fn change_chat(
        &self,
        grant: &Grant<Write>,
        chat: ChatId,
        change: ChatChange,
    ) -> Result<(), Error> {
        let mut writing = self.write().await?;
        let row = own_chat(&writing.tx, grant, chat).await?;
        require_current(&writing, grant.connection()).await?;
        let now = Utc::now();
        let (aspect, value) = match change {
            ChatChange::Archive => (ChatAspect::Archive, 1),
            ChatChange::Unarchive => (ChatAspect::Archive, 0),
            ChatChange::Pin => (ChatAspect::Pin, codec::micros(now)),
            ChatChange::Unpin => (ChatAspect::Pin, 0),
            ChatChange::MuteHours | ChatChange::MuteWeek | ChatChange::MuteAlways => {
                (ChatAspect::Mute, change.muted(now).map_or(EVER, column_of))
            }
            ChatChange::Unmute => (ChatAspect::Mute, 0),
            ChatChange::MarkUnread => (ChatAspect::Unread, 1),
            ChatChange::DismissRefusal => {
                actions::set_refused(&writing.tx, row.id, None).await?;
                writing.announce(grant.connection(), Change::Chat(chat));
                return writing.commit().await;
            }
        };
        let is_same = match aspect {
            // Another pin would move it, and another mute has another end.
            ChatAspect::Pin => row.pinned_at.is_some() == (value != 0),
            aspect => state::value(&writing.tx, &row, aspect, None).await? == value,
        };
        if is_same {
            return Ok(());
        }
        if aspect == ChatAspect::Pin && value != 0 {
            require_room_for_pin(&writing.tx, grant.connection()).await?;
        }
        let author = Some(grant.user());
        if aspect == ChatAspect::Archive && row.pinned_at.is_some() {
            // The phone does not unpin it by itself.
            let unpin = NewAction { aspect: ChatAspect::Pin, message: None, value: 0, author };
            actions::apply(&mut writing, &row, unpin).await?;
        }
        let new = NewAction { aspect, message: None, value, author };
        actions::apply(&mut writing, &row, new).await?;
        writing.commit().await
    }

    /// Blocks the contact of a chat, or ends that.
    ///
    /// # Errors
    /// [`Error::NotFound`] as in [`Self::change_chat`], and for a group; [`Error::Replaced`].
    pub async fn block_contact(
        &self,
        grant: &Grant<Write>,
        chat: ChatId,
        blocked: bool,
    ) -> Result<(), Error> {
        let mut writing = self.write().await?;
        let row = own_chat(&writing.tx, grant, chat).await?;
        require_current(&writing, grant.connection()).await?;
        if row.contact_id.is_none() {
            return Err(Error::NotFound);
        }
        let value = i64::from(blocked);
        if state::value(&writing.tx, &row, ChatAspect::Block, None).await? == value {
            return Ok(());
        }
        let author = Some(grant.user());
        let new = NewAction { aspect: ChatAspect::Block, message: None, value, author };
        actions::apply(&mut writing, &row, new).await?;
        let entry = NewAuditEntry::new(AuditAction::ContactBlocked)
            .connection(grant.connection())
            .detail("chat", chat)
            .detail("blocked", blocked);
        audit::record(&writing.tx, &grant.actor(), entry).await?;
        writing.commit().await
    }

    /// Removes all messages of a chat, or the `whole` chat from the list as well. They are hidden at once, and
    /// removed with their files once WhatsApp has taken the change; without a linked phone there is nothing to
    /// wait for.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the grant is not for the chat, or the chat is private and the user is not its
    /// owner.
    pub async fn clear_chat(
        &self,
        grant: &Grant<Remove>,
        chat: ChatId,
        whole: bool,
    ) -> Result<(), Error> {
        let mut writing = self.write().await?;
        let row = own_chat(&writing.tx, grant, chat).await?;
        let aspect = if whole { ChatAspect::Delete } else { ChatAspect::Clear };
        let last = newest_position(&writing.tx, chat).await?;
        // Nothing is before the first message, but a chat without one is deleted as well.
        let value = last.unwrap_or(1).max(1);
        if is_linked(&writing.tx, grant.connection()).await? {
            let author = Some(grant.user());
            let new = NewAction { aspect, message: None, value, author };
            actions::apply(&mut writing, &row, new).await?;
        } else {
            state::set(&writing.tx, &row, aspect, None, value).await?;
            state::remove_cleared(&writing.tx, chat, value).await?;
        }
        let entry = NewAuditEntry::new(AuditAction::ChatCleared)
            .connection(grant.connection())
            .detail("chat", chat)
            .detail("whole", whole);
        audit::record(&writing.tx, &grant.actor(), entry).await?;
        reload(&mut writing, grant.connection(), chat);
        writing.commit().await
    }

    /// Shows the messages of a chat again that were cleared on the phone.
    ///
    /// # Errors
    /// [`Error::NotFound`] as in [`Self::clear_chat`].
    pub async fn show_cleared(&self, grant: &Grant<Remove>, chat: ChatId) -> Result<(), Error> {
        let mut writing = self.write().await?;
        let row = own_chat(&writing.tx, grant, chat).await?;
        if !is_being_removed(&writing.tx, chat).await? {
            state::set(&writing.tx, &row, ChatAspect::Clear, None, 0).await?;
            reload(&mut writing, grant.connection(), chat);
        }
        writing.commit().await
    }

    /// Ends the mutes of which the time is over. Returns their count.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_mutes(&self) -> Result<usize, Error> {
        let over = chat::Entity::find().filter(chat::Column::MutedUntil.lte(codec::now()));
        // Usually none is over, and the write lock is not needed.
        if over.clone().one(self.db()).await?.is_none() {
            return Ok(0);
        }
        let mut writing = self.write().await?;
        let rows = over.all(&writing.tx).await?;
        for row in &rows {
            state::set(&writing.tx, row, ChatAspect::Mute, None, 0).await?;
            writing.announce(ConnectionId(row.connection_id), Change::Chat(ChatId(row.id)));
        }
        writing.commit().await?;
        Ok(rows.len())
    }
}

/// Has open pages load a chat again of which the messages went or came.
fn reload(writing: &mut Writing, connection: ConnectionId, chat: ChatId) {
    writing.announce(connection, Change::Chat(chat));
    writing.announce(connection, Change::Reload(chat));
}

/// Returns the row of a chat that the caller may change.
pub(super) async fn chat_row(tx: &DatabaseTransaction, chat: ChatId) -> Result<chat::Model, Error> {
    chat::Entity::find_by_id(chat.0).one(tx).await?.ok_or(Error::NotFound)
}

/// Returns a chat of the grant's number that its user may read.
async fn own_chat<R>(
    tx: &DatabaseTransaction,
    grant: &Grant<R>,
    chat: ChatId,
) -> Result<chat::Model, Error> {
    grant
        .scope()
        .chats()
        .filter(chat::Column::Id.eq(chat.0))
        .filter(chat::Column::ConnectionId.eq(grant.connection().0))
        .one(tx)
        .await?
        .filter(|row| grant.is_for(ChatId(row.id)))
        .ok_or(Error::NotFound)
}

/// Refuses another pinned chat than WhatsApp allows.
async fn require_room_for_pin(tx: &DatabaseTransaction, number: ConnectionId) -> Result<(), Error> {
    let pinned = chat::Entity::find()
        .filter(chat::Column::ConnectionId.eq(number.0))
        .filter(chat::Column::PinnedAt.is_not_null())
        .filter(chat::Column::Unlisted.eq(false))
        .count(tx)
        .await?;
    if pinned < MOST_PINNED { Ok(()) } else { Err(Error::TooManyPinned) }
}

async fn newest_position(tx: &DatabaseTransaction, chat: ChatId) -> Result<Option<i64>, Error> {
    let newest: Option<Option<i64>> = message::Entity::find()
        .filter(message::Column::ChatId.eq(chat.0))
        .select_only()
        .column_as(message::Column::Position.max(), "newest")
        .into_tuple()
        .one(tx)
        .await?;
    Ok(newest.flatten())
}

/// Returns true if messages of a chat are hidden that stay here.
async fn has_cleared(db: &impl ConnectionTrait, row: &chat::Model) -> Result<bool, Error> {
    let Some(position) = row.cleared_position else { return Ok(false) };
    if is_being_removed(db, ChatId(row.id)).await? {
        return Ok(false);
    }
    let hidden = message::Entity::find()
        .filter(message::Column::ChatId.eq(row.id))
        .filter(message::Column::Position.lte(position))
        // Those that were cleared here are destroyed by the next round.
        .filter(
            Condition::any()
                .add(message::Column::ExpiresAt.is_null())
                .add(message::Column::ExpiresAt.gt(codec::now())),
        )
        .limit(1)
        .select_only()
        .column(message::Column::Id)
        .into_tuple::<i64>()
        .one(db)
        .await?;
    Ok(hidden.is_some())
}

/// Returns true if a removal of the chat's messages waits for WhatsApp.
async fn is_being_removed(db: &impl ConnectionTrait, chat: ChatId) -> Result<bool, Error> {
    for aspect in [ChatAspect::Clear, ChatAspect::Delete] {
        if actions::of(chat, aspect, None).one(db).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the end of a mute as its column has it.
pub(crate) fn column_of(muted: Muted) -> i64 {
    match muted {
        Muted::Until(at) => codec::micros(at),
        Muted::Always => EVER,
    }
}

/// Reverses [`column_of`].
pub(crate) fn muted(column: i64) -> Muted {
    if column == EVER { Muted::Always } else { Muted::Until(codec::time(column)) }
}
