//! The stickers of a number: the recent ones, the favourites of a user, and sending one of them.
//!
//! A sticker is the file of a message, so a user sees those of messages that they may read, and loses a
//! favourite with the right to read its message. Two files are the same if their hashes are. A sender
//! states the hash of a file, so a false one hides another sticker here; what is sent is always the file
//! that was shown.

use std::collections::{BTreeSet, HashSet};

use model::{
    ChatId, ConnectionId, MediaState, MediaView, Message, MessageId, MessageKind, Sticker,
    Stickers, UserId, WaMessageId,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, Condition, DatabaseTransaction, EntityTrait as _, FromQueryResult, JoinType,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    RelationTrait as _, Select,
    sea_query::{Expr, OnConflict},
};

use super::{
    forward::{queue_copy, readable, stored_file},
    queue::{Composed, Place},
    send::{quoted, writable},
};
use crate::{
    Error, Grant, Store, Viewer, Write,
    access::Scope,
    codec,
    entity::{media, message, sticker_favourite},
};

/// The most recent stickers that are listed.
const RECENT: usize = 60;
/// The newest messages with stickers among which the recent ones are searched.
const SEARCHED: u64 = 600;
/// The most favourites of one user at one number. Their files are never evicted.
const FAVOURITES: u64 = 200;

/// A sticker that is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StickerToSend {
    /// The message that has it.
    pub source: MessageId,
    /// The message that it answers.
    pub reply_to: Option<MessageId>,
}

impl Viewer {
    /// Returns the stickers of the number of a chat: the recent ones of all its chats that this user may
    /// read, and those that this user keeps.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such chat that this user may read.
    pub async fn stickers(&self, chat: ChatId) -> Result<Stickers, Error> {
        let number = self.chat(chat).await?.connection;
        let favourites = self.favourite_stickers(number).await?;
        let kept: HashSet<String> = favourites.iter().map(|row| row.file_hash.clone()).collect();
        let newest: Vec<Row> =
            recent(self.scope(), number).into_model().all(self.store().db()).await?;
        let mut seen = HashSet::new();
        let recent = newest
            .into_iter()
            .filter(|row| row.is_shown() && seen.insert(row.file_hash.clone()))
            .take(RECENT)
            .map(|row| row.into_model(&kept))
            .collect();
        let favourites = favourites.into_iter().map(|row| row.into_model(&kept)).collect();
        Ok(Stickers { recent, favourites })
    }

    /// Returns true if this user keeps the sticker of a message.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such message that this user may read, or it has no sticker.
    pub async fn keeps_sticker(&self, message: MessageId) -> Result<bool, Error> {
        let sticker: Option<(i64, String)> = self
            .scope()
            .messages()
            .filter(Expr::cust("\"message\".\"kind\" = 'sticker'"))
            .filter(message::Column::Id.eq(message.0))
            .join_rev(JoinType::InnerJoin, media::Relation::Message.def())
            .filter(media::Column::FileHash.ne(""))
            .select_only()
            .column(message::Column::ConnectionId)
            .column(media::Column::FileHash)
            .into_tuple()
            .one(self.store().db())
            .await?;
        let (number, hash) = sticker.ok_or(Error::NotFound)?;
        let key = (self.user().id.0, number, hash);
        let kept = sticker_favourite::Entity::find_by_id(key).one(self.store().db()).await?;
        Ok(kept.is_some())
    }

    async fn favourite_stickers(&self, number: ConnectionId) -> Result<Vec<Row>, Error> {
        let theirs = of_user(self.scope(), self.user().id, number);
        let rows: Vec<Row> = theirs.into_model().all(self.store().db()).await?;
        Ok(rows.into_iter().filter(Row::is_shown).collect())
    }
}

/// Selects the newest stickers of a number.
pub(super) fn recent(scope: Scope, number: ConnectionId) -> Select<message::Entity> {
    stored(scope, number).order_by_desc(message::Column::Position).limit(SEARCHED)
}

/// Selects the stickers of a number that a user keeps, the last one first.
pub(super) fn of_user(scope: Scope, user: UserId, number: ConnectionId) -> Select<message::Entity> {
    stored(scope, number)
        .join_rev(JoinType::InnerJoin, sticker_favourite::Relation::Message.def())
        .filter(sticker_favourite::Column::UserId.eq(user.0))
        .filter(sticker_favourite::Column::ConnectionId.eq(number.0))
        .order_by_desc(sticker_favourite::Column::AddedAt)
        .order_by_desc(message::Column::Id)
        .limit(FAVOURITES)
}

/// Selects the stickers of a number whose files are here. The first condition is worded like that of the
/// partial index `message_stickers`; otherwise the index is not used.
fn stored(scope: Scope, number: ConnectionId) -> Select<message::Entity> {
    scope
        .messages()
        .filter(Expr::cust("\"message\".\"kind\" = 'sticker'"))
        .filter(message::Column::ConnectionId.eq(number.0))
        .join_rev(JoinType::InnerJoin, media::Relation::Message.def())
        .filter(media::Column::State.eq(codec::media_state(MediaState::Stored)))
        .filter(media::Column::FileHash.ne(""))
        .select_only()
        .column(message::Column::Id)
        .columns([
            media::Column::Mime,
            media::Column::Width,
            media::Column::Height,
            media::Column::FileHash,
        ])
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    mime: String,
    width: Option<i64>,
    height: Option<i64>,
    file_hash: String,
}

impl Row {
    fn is_shown(&self) -> bool {
        is_shown(&self.mime)
    }

    fn into_model(self, kept: &HashSet<String>) -> Sticker {
        let side = |side: Option<i64>| side.and_then(|pixels| u32::try_from(pixels).ok());
        Sticker {
            message: MessageId(self.id),
            shape: side(self.width).zip(side(self.height)),
            favourite: kept.contains(&self.file_hash),
        }
    }
}

/// Returns true for the types of stickers that browsers and all phones show.
fn is_shown(mime: &str) -> bool {
    text::view(MessageKind::Sticker, mime) == MediaView::Picture
}

impl Store {
    /// Keeps the sticker of a message as a favourite of the grant's user, or stops to. Returns false if
    /// the user keeps as many as one may, of those that they see.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not a sticker of the grant's number and chat, or its chat is private
    /// and the user is not its owner.
    pub async fn keep_sticker(
        &self,
        grant: &Grant<Write>,
        message: MessageId,
        keep: bool,
    ) -> Result<bool, Error> {
        let writing = self.write().await?;
        let row = writable(&writing.tx, grant, message).await?;
        let file = media::Entity::find_by_id(message.0)
            .filter(media::Column::FileHash.ne(""))
            .one(&writing.tx)
            .await?;
        let file = file.filter(|_| MessageKind::from_name(&row.kind) == MessageKind::Sticker);
        let hash = file.ok_or(Error::NotFound)?.file_hash;
        let (user, number) = (grant.user().0, grant.connection().0);
        let key = (user, number, hash.clone());
        if !keep {
            sticker_favourite::Entity::delete_by_id(key).exec(&writing.tx).await?;
            writing.commit().await?;
            return Ok(true);
        }
        let is_new = sticker_favourite::Entity::find_by_id(key).one(&writing.tx).await?.is_none();
        if is_new && !has_room(&writing.tx, grant).await? {
            return Ok(false);
        }
        let row = sticker_favourite::ActiveModel {
            user_id: Set(user),
            connection_id: Set(number),
            file_hash: Set(hash),
            message_id: Set(message.0),
            added_at: Set(codec::now()),
        };
        // The message of the old one may be hidden from the user by now.
        let newer = OnConflict::columns([
            sticker_favourite::Column::UserId,
            sticker_favourite::Column::ConnectionId,
            sticker_favourite::Column::FileHash,
        ])
        .update_column(sticker_favourite::Column::MessageId)
        .to_owned();
        sticker_favourite::Entity::insert(row)
            .on_conflict(newer)
            .exec_without_returning(&writing.tx)
            .await?;
        writing.commit().await?;
        Ok(true)
    }

    /// Queues a sticker that the viewer may read in a chat of the grant's number, as a message of its own
    /// and not as a forwarded one. If the `wa_id` is stored already, the stored message is returned.
    ///
    /// # Errors
    /// Those of [`Self::forward`], with [`Error::NotForwardable`] also when `source` has no sticker that
    /// browsers show; [`Error::NotFound`] also for an answer to a message of another chat.
    pub async fn send_sticker(
        &self,
        viewer: &Viewer,
        grant: &Grant<Write>,
        chat: ChatId,
        wa_id: WaMessageId,
        sticker: StickerToSend,
    ) -> Result<Message, Error> {
        let writing = self.write().await?;
        let source = readable(&writing.tx, viewer, sticker.source).await?;
        let place = Place::find(&writing.tx, grant, chat, &wa_id).await?;
        if let Some(stored) = place.stored(&writing.tx).await? {
            return Ok(stored);
        }
        let kind = MessageKind::from_name(&source.kind);
        if kind != MessageKind::Sticker {
            return Err(Error::NotForwardable);
        }
        let file = stored_file(&writing, kind, source.id).await?;
        if !is_shown(&file.mime) {
            return Err(Error::NotForwardable);
        }
        let new = Composed {
            wa_id: &wa_id,
            kind,
            text: String::new(),
            content: None,
            quote: quoted(&writing.tx, chat, sticker.reply_to).await?,
            forwarded: 0,
            mentions: BTreeSet::new(),
        };
        queue_copy(writing, grant, &place, new, file).await
    }
}

/// Returns true if the grant's user keeps fewer favourites than one may. If there are too many, those that
/// the user cannot see any more are deleted: their chat became private, or they were deleted for everybody.
async fn has_room(tx: &DatabaseTransaction, grant: &Grant<Write>) -> Result<bool, Error> {
    let (user, number) = (grant.user().0, grant.connection().0);
    let is_theirs = Condition::all()
        .add(sticker_favourite::Column::UserId.eq(user))
        .add(sticker_favourite::Column::ConnectionId.eq(number));
    let theirs = sticker_favourite::Entity::find().filter(is_theirs.clone());
    if theirs.clone().count(tx).await? < FAVOURITES {
        return Ok(true);
    }
    let seen = grant
        .scope()
        .messages()
        .filter(Expr::cust("\"message\".\"kind\" = 'sticker'"))
        .filter(message::Column::ConnectionId.eq(number))
        .select_only()
        .column(message::Column::Id)
        .into_query();
    sticker_favourite::Entity::delete_many()
        .filter(is_theirs)
        .filter(sticker_favourite::Column::MessageId.not_in_subquery(seen))
        .exec(tx)
        .await?;
    Ok(theirs.count(tx).await? < FAVOURITES)
}
