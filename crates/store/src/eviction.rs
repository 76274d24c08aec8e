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

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};

use model::{ChatId, ConnectionId, MediaState, MessageId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _, Select,
    sea_query::Expr,
};

use crate::{
    Error, MediaQueue, Store, codec,
    entity::{media, message},
    live::Change,
    media::set_state,
    write::Writing,
};

/// How many files of one person are looked at in one go.
const BATCH: u64 = 64;

/// What received files may take, in bytes; no limit if `None`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MediaQuotas {
    pub per_number: Option<u64>,
    /// Of one person to one number.
    pub per_sender: Option<u64>,
}

/// A file that is to be deleted from the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EvictedMedia {
    pub connection: ConnectionId,
    pub message: MessageId,
}

impl MediaQueue {
    /// It is on the disk, and takes so many bytes. Returns what has to go for it under the quotas, decided
    /// in the same transaction: files that arrive together do not go beyond them together.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn stored_within(
        &self,
        message: MessageId,
        bytes: u64,
        quotas: MediaQuotas,
    ) -> Result<Vec<EvictedMedia>, Error> {
        let mut writing = self.store().write().await?;
        let number = self.connection();
        let row = media::Entity::find_by_id(message.0)
            .filter(media::Column::ConnectionId.eq(number.0))
            .one(&writing.tx)
            .await?;
        // Its chat may have become another's meanwhile, and it one message with its twin.
        let Some(row) = row else { return Ok(Vec::new()) };
        let row = media::Model { size: i64::try_from(bytes).unwrap_or(i64::MAX), ..row };
        set_state(&mut writing, &row, MediaState::Stored).await?;
        let sender: Option<i64> = message::Entity::find_by_id(message.0)
            .select_only()
            .column(message::Column::SenderId)
            .into_tuple()
            .one(&writing.tx)
            .await?;
        let mut gone = Vec::new();
        if let Some(sender) = sender.filter(|sender| *sender != message::OURSELVES) {
            for (quota, of) in [
                (quotas.per_sender, Of::Sender(number.0, sender)),
                (quotas.per_number, Of::Number(number.0)),
            ] {
                let Some(quota) = quota else { continue };
                let used: u64 = usage(&writing.tx, of).await?.iter().map(Usage::bytes).sum();
                let beyond = used.saturating_sub(quota);
                gone.extend(evict(&mut writing, of, beyond, Some(message)).await?);
            }
        }
        writing.commit().await?;
        Ok(gone)
    }
}

impl Store {
    /// Decides which received files of all numbers make room for so many bytes; none if all of them
    /// together do not.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn evict_media(&self, bytes: u64) -> Result<Vec<EvictedMedia>, Error> {
        let mut writing = self.write().await?;
        let gone = evict(&mut writing, Of::All, bytes, None).await?;
        writing.commit().await?;
        Ok(gone)
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
        if files.is_empty() {
            return Ok(());
        }
        let writing = self.write().await?;
        for file in files {
            media::Entity::update_many()
                .col_expr(media::Column::State, Expr::val(codec::media_state(MediaState::Evicted)))
                .filter(media::Column::MessageId.eq(file.message.0))
                .filter(media::Column::State.eq(codec::EVICTING))
                .exec(&writing.tx)
                .await?;
        }
        writing.commit().await
    }
}

/// Whose received files.
#[derive(Debug, Clone, Copy)]
enum Of {
    All,
    Number(i64),
    Sender(i64, i64),
}

/// What the files of one person to one number take.
#[derive(Debug, FromQueryResult)]
struct Usage {
    connection_id: i64,
    sender_id: i64,
    bytes: i64,
}

impl Usage {
    fn bytes(&self) -> u64 {
        u64::try_from(self.bytes).unwrap_or(0)
    }

    fn person(&self) -> (i64, i64) {
        (self.connection_id, self.sender_id)
    }
}

#[derive(Debug, FromQueryResult)]
struct Candidate {
    message_id: i64,
    chat_id: i64,
    stored_bytes: i64,
}

/// Said as the index `media_stored` was made, or it is not used.
fn received(of: Of) -> Select<media::Entity> {
    let files = media::Entity::find()
        .filter(Expr::cust("\"media\".\"state\" = 'stored'"))
        .filter(media::Column::StoredBytes.gt(0))
        .join(JoinType::InnerJoin, media::Relation::Message.def())
        .filter(message::Column::SenderId.ne(message::OURSELVES));
    match of {
        Of::All => files,
        Of::Number(number) => files.filter(media::Column::ConnectionId.eq(number)),
        Of::Sender(number, sender) => files
            .filter(media::Column::ConnectionId.eq(number))
            .filter(message::Column::SenderId.eq(sender)),
    }
}

async fn usage(tx: &impl ConnectionTrait, of: Of) -> Result<Vec<Usage>, Error> {
    // A sum is of another type on PostgreSQL.
    let sum = Expr::cust("CAST(SUM(\"media\".\"stored_bytes\") AS BIGINT)");
    let rows = received(of)
        .select_only()
        .column(media::Column::ConnectionId)
        .column(message::Column::SenderId)
        .expr_as(sum, "bytes")
        .group_by(media::Column::ConnectionId)
        .group_by(message::Column::SenderId)
        .into_model()
        .all(tx)
        .await?;
    Ok(rows)
}

/// Marks files that free so many bytes, and returns them; none if that many cannot be freed.
async fn evict(
    writing: &mut Writing,
    of: Of,
    bytes: u64,
    but: Option<MessageId>,
) -> Result<Vec<EvictedMedia>, Error> {
    let mut gone = Vec::new();
    if bytes == 0 {
        return Ok(gone);
    }
    let mut people = usage(&writing.tx, of).await?;
    if people.iter().map(Usage::bytes).sum::<u64>() < bytes {
        return Ok(gone);
    }
    let mut oldest: HashMap<(i64, i64), VecDeque<Candidate>> = HashMap::new();
    let mut left = bytes;
    while left > 0 {
        let most = people.iter_mut().max_by_key(|one| (one.bytes, Reverse(one.person())));
        let Some(most) = most else { break };
        let person = most.person();
        let files = oldest.entry(person).or_default();
        if files.is_empty() {
            // Those that were chosen are not `stored` any more.
            files.extend(oldest_of(&writing.tx, person, but).await?);
        }
        let Some(file) = files.pop_front() else {
            people.retain(|one| one.person() != person);
            continue;
        };
        most.bytes -= file.stored_bytes;
        left = left.saturating_sub(u64::try_from(file.stored_bytes).unwrap_or(0));
        let (connection, message) = (ConnectionId(person.0), MessageId(file.message_id));
        mark(writing, message).await?;
        writing.announce(connection, Change::Message(ChatId(file.chat_id), message));
        gone.push(EvictedMedia { connection, message });
    }
    Ok(gone)
}

async fn oldest_of(
    tx: &impl ConnectionTrait,
    (number, sender): (i64, i64),
    but: Option<MessageId>,
) -> Result<Vec<Candidate>, Error> {
    let mut files = received(Of::Sender(number, sender));
    if let Some(message) = but {
        files = files.filter(media::Column::MessageId.ne(message.0));
    }
    let rows = files
        .select_only()
        .column(media::Column::MessageId)
        .column(message::Column::ChatId)
        .column(media::Column::StoredBytes)
        .order_by_asc(message::Column::Position)
        .order_by_asc(media::Column::MessageId)
        .limit(BATCH)
        .into_model()
        .all(tx)
        .await?;
    Ok(rows)
}

async fn mark(writing: &Writing, message: MessageId) -> Result<(), Error> {
    media::Entity::update_many()
        .col_expr(media::Column::State, Expr::val(codec::EVICTING))
        .col_expr(media::Column::StoredBytes, Expr::val(None::<i64>))
        .filter(media::Column::MessageId.eq(message.0))
        .exec(&writing.tx)
        .await?;
    Ok(())
}
