//! Which received files make room for others.
//!
//! Only what was received counts and only that goes: never what left through the number itself. Whoever
//! has the most goes first, and of theirs what came longest ago, so that a flood of one person washes
//! away that flood and not the pictures of somebody else.
//!
//! A file that is to go is `evicting` from the transaction on that decides it, and shown as removed: only
//! then it is deleted from the disk, and `evicted` once it is. A crash in between leaves `evicting`, which
//! is finished later ([`Store::evicting_media`]). So `stored` always has its file, and a removed one is not
//! taken for one that was lost.
//!
//! Files are chosen before the writer's turn is taken: reading all of them takes a while, and messages
//! are not to wait for it. They go in rounds of [`ROUND`]; the caller asks again for the rest.

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
use received::{Level, Of, Received, received};

/// The most files of one transaction. Each is an event for open pages, which have to load again if more
/// of them come at once than the hub holds.
const ROUND: usize = 200;

/// What received files may take, in bytes; no limit if `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MediaQuotas {
    pub per_number: Option<u64>,
    /// Of one person to one number.
    pub per_sender: Option<u64>,
}

impl MediaQuotas {
    fn allow(self, level: Level) -> bool {
        self.per_number.is_none_or(|quota| level.total <= quota)
            && self.per_sender.is_none_or(|quota| level.largest <= quota)
    }
}

/// A file that is to be deleted from the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvictedMedia {
    pub connection: ConnectionId,
    pub message: MessageId,
}

impl MediaQueue {
    /// It is on the disk, and takes so many bytes. Returns what goes first for it under the quotas, as
    /// [`Self::evict_beyond`] does; `None` if there is no such file any more: its chat may have become
    /// another's meanwhile, and it one message with its twin.
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

    /// Decides which received files of this number go for its quotas, whoever sent them, and never the one
    /// that just came. One round; none if they are kept.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn evict_beyond(
        &self,
        quotas: MediaQuotas,
        but: MessageId,
    ) -> Result<Vec<EvictedMedia>, Error> {
        let (db, of) = (self.store().db(), Of::Number(self.connection()));
        if quotas == MediaQuotas::default() || quotas.allow(Level::read(db, of).await?) {
            return Ok(Vec::new());
        }
        let mut files = Received::load(db, of, Some(but)).await?;
        mark(self.store(), files.choose(|level| quotas.allow(level))).await
    }
}

impl Store {
    /// Decides which received files of all numbers make room for so many bytes; none if all of them
    /// together do not. One round: they may free less than that.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn evict_media(&self, bytes: u64) -> Result<Vec<EvictedMedia>, Error> {
        if bytes == 0 || Level::read(self.db(), Of::All).await?.total < bytes {
            return Ok(Vec::new());
        }
        let mut files = Received::load(self.db(), Of::All, None).await?;
        let enough = files.total().saturating_sub(bytes);
        mark(self, files.choose(|level| level.total <= enough)).await
    }

    /// Returns the files of all numbers that are to go and are not known to be gone.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn evicting_media(&self) -> Result<Vec<EvictedMedia>, Error> {
        let rows: Vec<(i64, i64)> = media::Entity::find()
            .filter(Expr::cust("\"media\".\"state\" = 'evicting'"))
            .select_only()
            .column(media::Column::ConnectionId)
            .column(media::Column::MessageId)
            .order_by_asc(media::Column::ConnectionId)
            .order_by_asc(media::Column::MessageId)
            .into_tuple()
            .all(self.db())
            .await?;
        let evicting = rows.into_iter().map(|(connection, message)| EvictedMedia {
            connection: ConnectionId(connection),
            message: MessageId(message),
        });
        Ok(evicting.collect())
    }

    /// They are not on the disk any more.
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

/// Marks the files as about to be deleted, and returns those that were still there.
async fn mark(store: &Store, chosen: Vec<MessageId>) -> Result<Vec<EvictedMedia>, Error> {
    let mut gone = Vec::with_capacity(chosen.len());
    if chosen.is_empty() {
        return Ok(gone);
    }
    let mut writing = store.write().await?;
    let rows: Vec<(i64, i64, i64)> = received(Of::All)
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
        gone.push(EvictedMedia { connection, message });
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
