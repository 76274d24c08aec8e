//! The files that were received, by whose they are, and the order in which they go.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};

use model::{ConnectionId, MessageId};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _, Select,
    sea_query::Expr,
};

use super::ROUND;
use crate::{
    Error,
    entity::{media, message},
};

/// Whose received files.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of {
    All,
    Number(ConnectionId),
}

/// Selects received files whose length is known. Worded like the index `media_stored`, or it is not used.
pub(super) fn received(of: Of) -> Select<media::Entity> {
    let files = media::Entity::find()
        .filter(Expr::cust("\"media\".\"state\" = 'stored'"))
        .filter(media::Column::StoredBytes.gt(0))
        .join(JoinType::InnerJoin, media::Relation::Message.def())
        .filter(message::Column::SenderId.ne(message::OURSELVES));
    match of {
        Of::All => files,
        Of::Number(number) => files.filter(media::Column::ConnectionId.eq(number.0)),
    }
}

/// How many bytes received files take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Level {
    pub(super) total: u64,
    /// Those of whoever has the most, to one number.
    pub(super) largest: u64,
}

impl Level {
    /// Has the database add them up: there are far fewer people than files.
    pub(super) async fn read(db: &impl ConnectionTrait, of: Of) -> Result<Self, Error> {
        // A sum is of another type on PostgreSQL.
        let sum = Expr::cust("CAST(SUM(\"media\".\"stored_bytes\") AS BIGINT)");
        let sums: Vec<i64> = received(of)
            .select_only()
            .expr_as(sum, "bytes")
            .group_by(media::Column::ConnectionId)
            .group_by(message::Column::SenderId)
            .into_tuple()
            .all(db)
            .await?;
        let mut level = Self { total: 0, largest: 0 };
        for bytes in sums.into_iter().map(|sum| u64::try_from(sum).unwrap_or(0)) {
            level.total = level.total.saturating_add(bytes);
            level.largest = level.largest.max(bytes);
        }
        Ok(level)
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

/// The files of one person to one number.
#[derive(Debug, Default)]
struct Held {
    bytes: u64,
    /// Those that may go, the oldest first.
    files: VecDeque<File>,
}

/// Received files, read in one scan.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// By number and sender.
    people: HashMap<(i64, i64), Held>,
    total: u64,
}

impl Received {
    /// Reads the files. One of them may be named that counts and does not go.
    pub(super) async fn load(
        db: &impl ConnectionTrait,
        of: Of,
        but: Option<MessageId>,
    ) -> Result<Self, Error> {
        let files: Vec<File> = received(of)
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
        Ok(Self::of(files, but))
    }

    fn of(files: Vec<File>, but: Option<MessageId>) -> Self {
        let mut received = Self::default();
        for file in files {
            let bytes = file.bytes();
            let held = received.people.entry((file.connection_id, file.sender_id)).or_default();
            held.bytes = held.bytes.saturating_add(bytes);
            received.total = received.total.saturating_add(bytes);
            if but.is_none_or(|but| but.0 != file.message_id) {
                held.files.push_back(file);
            }
        }
        received
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Takes out the oldest file of whoever has the most, one after the other until it is enough, or as many
    /// as one round removes.
    pub(super) fn choose(&mut self, is_enough: impl Fn(Level) -> bool) -> Vec<MessageId> {
        let mut chosen = Vec::new();
        while chosen.len() < ROUND {
            let most = self
                .people
                .iter_mut()
                .filter(|(_, held)| !held.files.is_empty())
                .max_by_key(|(person, held)| (held.bytes, Reverse(**person)));
            let Some((_, held)) = most else { break };
            if is_enough(Level { total: self.total, largest: held.bytes }) {
                break;
            }
            let Some(file) = held.files.pop_front() else { break };
            held.bytes = held.bytes.saturating_sub(file.bytes());
            self.total = self.total.saturating_sub(file.bytes());
            chosen.push(MessageId(file.message_id));
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files of one byte, the oldest first, by their senders.
    fn of_one_byte(senders: impl IntoIterator<Item = i64>) -> Received {
        let file = |(message_id, sender_id)| File {
            connection_id: 1,
            message_id,
            sender_id,
            stored_bytes: 1,
        };
        Received::of((1..).zip(senders).map(file).collect(), None)
    }

    fn ids(chosen: Vec<MessageId>) -> Vec<i64> {
        chosen.into_iter().map(|message| message.0).collect()
    }

    #[test]
    fn whoever_has_the_most_loses_the_oldest_until_they_are_even() {
        let mut received = of_one_byte([7, 8, 8, 7, 8, 8]);
        assert_eq!(ids(received.choose(|level| level.total <= 4)), [2, 3]);
        // As many by now: the lower id goes first.
        assert_eq!(ids(received.choose(|level| level.largest <= 1)), [1, 5]);
        assert_eq!(received.total(), 2);
    }

    #[test]
    fn a_round_has_an_end_and_the_next_one_goes_on() {
        let files = i64::try_from(ROUND).unwrap() + 1;
        let mut received = of_one_byte((1..=files).map(|_| 7));
        assert_eq!(received.choose(|level| level.total == 0).len(), ROUND);
        assert_eq!(ids(received.choose(|level| level.total == 0)), [files]);
    }

    #[test]
    fn fifty_thousand_files_of_a_thousand_people_are_chosen_from_at_once() {
        let began = std::time::Instant::now();
        let mut received = of_one_byte((0..50_000).map(|nth| nth % 1_343));
        assert_eq!(received.choose(|level| level.total == 0).len(), ROUND);
        assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
    }
}
