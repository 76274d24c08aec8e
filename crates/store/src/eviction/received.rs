//! The received files by sender, and the order in which they are evicted.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};

use model::{ConnectionId, MessageId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _, Select,
    sea_query::Expr,
};

use crate::{
    Error,
    entity::{media, message},
    messages::{file_copies, kept_stickers},
};

/// The most files of one transaction. Each file is an event for open pages, which have to load
/// again if more events are sent at once than the hub holds.
pub(super) const ROUND: usize = 200;

/// The numbers whose received files are selected.
#[derive(Debug, Clone, Copy)]
pub(super) enum Numbers {
    All,
    One(ConnectionId),
}

/// Selects received files whose length is known, without the stickers that a user keeps and the files that
/// are still to be copied: those neither count nor go. The condition is worded like that of the partial index
/// `media_stored`; otherwise the index is not used.
pub(super) fn received(numbers: Numbers) -> Select<media::Entity> {
    let files = media::Entity::find()
        .filter(Expr::cust("\"media\".\"state\" = 'stored'"))
        .filter(media::Column::StoredBytes.gt(0))
        .join(JoinType::InnerJoin, media::Relation::Message.def())
        .filter(message::Column::SenderId.ne(message::OURSELVES))
        .filter(media::Column::MessageId.not_in_subquery(kept_stickers::messages()))
        .filter(media::Column::MessageId.not_in_subquery(file_copies::sources()));
    match numbers {
        Numbers::All => files,
        Numbers::One(number) => files.filter(media::Column::ConnectionId.eq(number.0)),
    }
}

/// The bytes that received files take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) total: u64,
    /// The bytes of the sender with the most, to one number.
    pub(super) largest: u64,
}

impl Usage {
    /// The database adds the bytes up: there are far fewer senders than files.
    pub(super) async fn read(db: &impl ConnectionTrait, numbers: Numbers) -> Result<Self, Error> {
        // On PostgreSQL a sum has another type.
        let sum = Expr::cust("CAST(SUM(\"media\".\"stored_bytes\") AS BIGINT)");
        let sums: Vec<i64> = received(numbers)
            .select_only()
            .expr_as(sum, "bytes")
            .group_by(media::Column::ConnectionId)
            .group_by(message::Column::SenderId)
            .into_tuple()
            .all(db)
            .await?;
        let mut usage = Self { total: 0, largest: 0 };
        for bytes in sums.into_iter().map(|sum| u64::try_from(sum).unwrap_or(0)) {
            usage.total = usage.total.saturating_add(bytes);
            usage.largest = usage.largest.max(bytes);
        }
        Ok(usage)
    }
}

#[derive(Debug, FromQueryResult)]
struct File {
    connection_id: i64,
    message_id: i64,
    sender_id: i64,
    stored_bytes: i64,
}

impl File {
    fn bytes(&self) -> u64 {
        u64::try_from(self.stored_bytes).unwrap_or(0)
    }
}

/// The files of one sender to one number.
#[derive(Debug, Default)]
struct SenderFiles {
    bytes: u64,
    /// The files that may be evicted, the oldest first.
    files: VecDeque<File>,
}

/// Received files, read in one scan.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// By number and sender.
    senders: HashMap<(i64, i64), SenderFiles>,
    total: u64,
}

impl Received {
    /// Reads the files. The file `except` counts and is not evicted.
    pub(super) async fn load(
        db: &impl ConnectionTrait,
        numbers: Numbers,
        except: Option<MessageId>,
    ) -> Result<Self, Error> {
        let files: Vec<File> = received(numbers)
            .select_only()
            .column(media::Column::ConnectionId)
            .column(media::Column::MessageId)
            .column(message::Column::SenderId)
            .column(media::Column::StoredBytes)
            .order_by_asc(message::Column::Position)
            .order_by_asc(media::Column::MessageId)
            .into_model()
            .all(db)
            .await?;
        Ok(Self::from_files(files, except))
    }

    fn from_files(files: Vec<File>, except: Option<MessageId>) -> Self {
        let mut received = Self::default();
        for file in files {
            let bytes = file.bytes();
            let sender = received.senders.entry((file.connection_id, file.sender_id)).or_default();
            sender.bytes = sender.bytes.saturating_add(bytes);
            received.total = received.total.saturating_add(bytes);
            if except.is_none_or(|except| except.0 != file.message_id) {
                sender.files.push_back(file);
            }
        }
        received
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Removes the oldest file of the sender with the most bytes, and repeats this until it is
    /// enough or the round is full.
    pub(super) fn choose(&mut self, is_enough: impl Fn(Usage) -> bool) -> Vec<MessageId> {
        let mut chosen = Vec::new();
        while chosen.len() < ROUND {
            let most = self
                .senders
                .iter_mut()
                .filter(|(_, sender)| !sender.files.is_empty())
                .max_by_key(|(key, sender)| (sender.bytes, Reverse(**key)));
            let Some((_, sender)) = most else { break };
            if is_enough(Usage { total: self.total, largest: sender.bytes }) {
                break;
            }
            let Some(file) = sender.files.pop_front() else { break };
            sender.bytes = sender.bytes.saturating_sub(file.bytes());
            self.total = self.total.saturating_sub(file.bytes());
            chosen.push(MessageId(file.message_id));
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Creates files of one byte, the oldest first, of these senders.
    fn of_one_byte(senders: impl IntoIterator<Item = i64>) -> Received {
        let file = |(message_id, sender_id)| File {
            connection_id: 1,
            message_id,
            sender_id,
            stored_bytes: 1,
        };
        Received::from_files((1..).zip(senders).map(file).collect(), None)
    }

    fn ids(chosen: Vec<MessageId>) -> Vec<i64> {
        chosen.into_iter().map(|message| message.0).collect()
    }

    #[test]
    fn whoever_has_the_most_loses_the_oldest_until_they_are_even() {
        let mut received = of_one_byte([7, 8, 8, 7, 8, 8]);
        assert_eq!(ids(received.choose(|usage| usage.total <= 4)), [2, 3]);
        // The two senders are even now: the lower id loses a file first.
        assert_eq!(ids(received.choose(|usage| usage.largest <= 1)), [1, 5]);
        assert_eq!(received.total(), 2);
    }

    #[test]
    fn a_round_has_an_end_and_the_next_one_goes_on() {
        let files = i64::try_from(ROUND).unwrap() + 1;
        let mut received = of_one_byte((1..=files).map(|_| 7));
        assert_eq!(received.choose(|usage| usage.total == 0).len(), ROUND);
        assert_eq!(ids(received.choose(|usage| usage.total == 0)), [files]);
    }

    #[test]
    fn fifty_thousand_files_of_a_thousand_people_are_chosen_from_at_once() {
        let began = std::time::Instant::now();
        let mut received = of_one_byte((0..50_000).map(|nth| nth % 1_343));
        assert_eq!(received.choose(|usage| usage.total == 0).len(), ROUND);
        assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    }
}
