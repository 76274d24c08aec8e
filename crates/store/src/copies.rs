//! Copies of files, for messages that are forwarded.
//!
//! ```text
//!  Store::forward ──► message, its file `copying`, a row of `media_copy`: no write waits for the copy
//!    Store::pending_copies ──► the caller gives the file a second name, also after a restart
//!    Store::copy_made ───────► file `stored`, no row; its upload to WhatsApp begins
//!    Store::copy_lost ───────► file fetched from WhatsApp, or a failed message
//! ```
//!
//! Until then pages show the source ([`MediaFile::place`](crate::MediaFile)), which is neither evicted nor
//! removed with its message, and the file is not uploaded. The caller removes the files of a number once none
//! of them is to be copied ([`Store::is_copied_from`]).

use chrono::{DateTime, Utc};
use model::{ConnectionId, FailReason, MediaState, MessageId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, JoinType, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationTrait as _, sea_query::Expr,
};

use crate::{
    Error, Store, codec,
    entity::{media, media_copy, outbox},
    live::Work,
    media::set_state,
    messages::file_copies,
    outbox::fail_waiting,
    write::Writing,
};

/// The file of a message, and that of the message it is forwarded as, which is to be a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileCopy {
    pub from: (ConnectionId, MessageId),
    pub to: (ConnectionId, MessageId),
    /// Its length.
    pub bytes: u64,
    /// The time at which the message was forwarded.
    pub since: DateTime<Utc>,
}

impl Store {
    /// Returns the copies of all numbers that are to be made. Each commit that adds one notifies
    /// [`Hub::copies`](crate::Hub::copies).
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn pending_copies(&self) -> Result<Vec<FileCopy>, Error> {
        let rows: Vec<(i64, i64, i64, i64, i64, i64)> = media_copy::Entity::find()
            .join(JoinType::InnerJoin, media_copy::Relation::Media.def())
            .order_by_asc(media_copy::Column::MessageId)
            .select_only()
            .column(media_copy::Column::FromConnectionId)
            .column(media_copy::Column::FromMessageId)
            .column(media::Column::ConnectionId)
            .column(media::Column::MessageId)
            .column(media::Column::Size)
            .column(media_copy::Column::Since)
            .into_tuple()
            .all(self.db())
            .await?;
        let copies =
            rows.into_iter().map(|(from_number, from, number, message, bytes, since)| FileCopy {
                from: (ConnectionId(from_number), MessageId(from)),
                to: (ConnectionId(number), MessageId(message)),
                bytes: u64::try_from(bytes).unwrap_or(0),
                since: codec::time(since),
            });
        Ok(copies.collect())
    }

    /// Stores that a file is copied. Returns false if its message is gone, so that the caller removes the
    /// copy.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn copy_made(&self, message: MessageId) -> Result<bool, Error> {
        let mut writing = self.write().await?;
        let Some(row) = file_of(&writing, message).await? else { return Ok(false) };
        if row.state == codec::COPYING {
            media::Entity::update_many()
                .col_expr(media::Column::State, Expr::val(codec::media_state(MediaState::Stored)))
                .filter(media::Column::MessageId.eq(message.0))
                .exec(&writing.tx)
                .await?;
            file_copies::delete(&writing.tx, message).await?;
            writing.wake(ConnectionId(row.connection_id), Work::Uploads);
            // Pages show it as before, so there is nothing to announce.
            writing.commit().await?;
        }
        Ok(true)
    }

    /// Stores that a file cannot be copied. It is fetched from WhatsApp, if the number uploaded the same
    /// one before. Otherwise its message fails, as one whose browser did not send all of its file. Returns
    /// false if the message is gone.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn copy_lost(&self, message: MessageId) -> Result<bool, Error> {
        let mut writing = self.write().await?;
        let Some(row) = file_of(&writing, message).await? else { return Ok(false) };
        if row.state != codec::COPYING {
            return Ok(true);
        }
        file_copies::delete(&writing.tx, message).await?;
        if row.direct_path.is_empty() {
            set_state(&mut writing, &row, MediaState::Uploading).await?;
            let sending = outbox::Entity::find()
                .filter(outbox::Column::MessageId.eq(message.0))
                .filter(outbox::Column::Kind.is_in(outbox::SENDING));
            fail_waiting(&mut writing, sending, FailReason::Expired).await?;
        } else {
            let awaited = MediaState::Awaited { tries: 0, next_at: None };
            set_state(&mut writing, &row, awaited).await?;
            writing.wake(ConnectionId(row.connection_id), Work::Downloads);
        }
        writing.commit().await?;
        Ok(true)
    }

    /// Returns true if files of this number, which may be gone itself, are still to be copied.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn is_copied_from(&self, connection: ConnectionId) -> Result<bool, Error> {
        let of_number = media_copy::Entity::find()
            .filter(media_copy::Column::FromConnectionId.eq(connection.0));
        Ok(of_number.count(self.db()).await? > 0)
    }
}

/// Returns the file of a message, if the message is there.
async fn file_of(writing: &Writing, message: MessageId) -> Result<Option<media::Model>, Error> {
    Ok(media::Entity::find_by_id(message.0).one(&writing.tx).await?)
}
