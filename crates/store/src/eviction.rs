//! Eviction: the choice of received files that are removed to make room for others.
//!
//! Only received files count and are evicted, never those that the number itself sent, nor stickers
//! that a user keeps as favourites. The sender with the most bytes loses files first, the oldest one
//! before the others. So a flood from one sender evicts that flood, and not the pictures of another
//! sender.
//!
//! A chosen file is `evicting` from the transaction of the choice on, and is shown as removed. Then
//! it is deleted from the disk, and becomes `evicted`. A crash in between leaves `evicting`, which
//! is finished later ([`Store::evicting_media`]). So a `stored` row always has its file, and an
//! evicted file is not taken for a lost one.
//!
//! Files are chosen before the write lock is taken: reading the list of all files takes a while,
//! and messages must not wait for it. Files are evicted in rounds of [`ROUND`]; the caller repeats
//! the call for the rest.

mod received;
mod unmeasured;

use std::collections::HashMap;

use model::{ChatId, ConnectionId, MediaState, MessageId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::Expr,
};

use crate::{
    Error, MediaQueue, Store, codec,
    entity::{media, message},
    live::Change,
    media::set_state,
};
use received::{Numbers, ROUND, Received, Usage, received};

/// The limits of received files, in bytes; `None` is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MediaQuotas {
    pub per_number: Option<u64>,
    /// The limit of the files of one sender to one number.
    pub per_sender: Option<u64>,
}

impl MediaQuotas {
    fn allow(self, usage: Usage) -> bool {
        self.per_number.is_none_or(|quota| usage.total <= quota)
            && self.per_sender.is_none_or(|quota| usage.largest <= quota)
    }
}

/// An evicted file, which the caller deletes from the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvictedMedia {
    pub connection: ConnectionId,
    pub message: MessageId,
    /// True for a file of ours that was to be viewed once: it does not go to make room.
    pub view_once: bool,
}

impl MediaQueue {
    /// Stores that a file is on the disk, and its length. Returns the files that are evicted for it
    /// under the quotas, as [`Self::evict_beyond`] does. Returns `None` if the row is deleted: its
    /// chat may have been merged into another, and its message with a copy there.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn stored_within(
        &self,
        message: MessageId,
        bytes: u64,
        quotas: MediaQuotas,
    ) -> Result<Option<Vec<EvictedMedia>>, Error> {
        let mut writing = self.store().write().await?;
        let row = media::Entity::find_by_id(message.0)
            .filter(media::Column::ConnectionId.eq(self.connection().0))
            .one(&writing.tx)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let row = media::Model { size: i64::try_from(bytes).unwrap_or(i64::MAX), ..row };
        set_state(&mut writing, &row, MediaState::Stored).await?;
        writing.commit().await?;
        self.evict_beyond(quotas, message).await.map(Some)
    }

    /// Evicts received files of this number, of all senders, until its quotas are met. The file
    /// `except`, which has just arrived, is kept. This is one round; it is empty if the quotas are
    /// met.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn evict_beyond(
        &self,
        quotas: MediaQuotas,
        except: MessageId,
    ) -> Result<Vec<EvictedMedia>, Error> {
        let (db, numbers) = (self.store().db(), Numbers::One(self.connection()));
        if quotas == MediaQuotas::default() || quotas.allow(Usage::read(db, numbers).await?) {
            return Ok(Vec::new());
        }
        let mut files = Received::load(db, numbers, Some(except)).await?;
        mark(self.store(), files.choose(|usage| quotas.allow(usage))).await
    }
}

impl Store {
    /// Evicts received files of all numbers to free so many bytes. Nothing is evicted if all files
    /// together are not enough. This is one round, which may free less than that.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn evict_media(&self, bytes: u64) -> Result<Vec<EvictedMedia>, Error> {
        if bytes == 0 || Usage::read(self.db(), Numbers::All).await?.total < bytes {
            return Ok(Vec::new());
        }
        let mut files = Received::load(self.db(), Numbers::All, None).await?;
        let enough = files.total().saturating_sub(bytes);
        mark(self, files.choose(|usage| usage.total <= enough)).await
    }

    /// Returns the evicted files of all numbers that may still be on the disk.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn evicting_media(&self) -> Result<Vec<EvictedMedia>, Error> {
        let rows: Vec<(i64, i64, bool)> = media::Entity::find()
            .filter(Expr::cust("\"media\".\"state\" = 'evicting'"))
            .select_only()
            .column(media::Column::ConnectionId)
            .column(media::Column::MessageId)
            .column(media::Column::ViewOnce)
            .order_by_asc(media::Column::ConnectionId)
            .order_by_asc(media::Column::MessageId)
            .into_tuple()
            .all(self.db())
            .await?;
        let evicting = rows.into_iter().map(|(connection, message, view_once)| EvictedMedia {
            connection: ConnectionId(connection),
            message: MessageId(message),
            view_once,
        });
        Ok(evicting.collect())
    }

    /// Stores that these files are deleted from the disk.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn media_evicted(&self, files: &[EvictedMedia]) -> Result<(), Error> {
        for round in files.chunks(ROUND) {
            let writing = self.write().await?;
            media::Entity::update_many()
                .col_expr(media::Column::State, Expr::val(codec::media_state(MediaState::Evicted)))
                .filter(media::Column::MessageId.is_in(round.iter().map(|file| file.message.0)))
                .filter(media::Column::State.eq(codec::EVICTING))
                .exec(&writing.tx)
                .await?;
            writing.commit().await?;
        }
        Ok(())
    }
}

/// Marks the files as `evicting`, and returns those that were still stored.
async fn mark(store: &Store, chosen: Vec<MessageId>) -> Result<Vec<EvictedMedia>, Error> {
    let mut gone = Vec::with_capacity(chosen.len());
    if chosen.is_empty() {
        return Ok(gone);
    }
    let mut writing = store.write().await?;
    let rows: Vec<(i64, i64, i64)> = received(Numbers::All)
        .filter(media::Column::MessageId.is_in(chosen.iter().map(|message| message.0)))
        .select_only()
        .column(media::Column::MessageId)
        .column(media::Column::ConnectionId)
        .column(message::Column::ChatId)
        .into_tuple()
        .all(&writing.tx)
        .await?;
    let mut places: HashMap<i64, (i64, i64)> =
        rows.into_iter().map(|(message, number, chat)| (message, (number, chat))).collect();
    for message in chosen {
        let Some((number, chat)) = places.remove(&message.0) else { continue };
        let connection = ConnectionId(number);
        writing.announce(connection, Change::Message(ChatId(chat), message));
        gone.push(EvictedMedia { connection, message, view_once: false });
    }
    if gone.is_empty() {
        return Ok(gone);
    }
    media::Entity::update_many()
        .col_expr(media::Column::State, Expr::val(codec::EVICTING))
        .col_expr(media::Column::StoredBytes, Expr::val(None::<i64>))
        .filter(media::Column::MessageId.is_in(gone.iter().map(|file| file.message.0)))
        .exec(&writing.tx)
        .await?;
    writing.commit().await?;
    Ok(gone)
}
