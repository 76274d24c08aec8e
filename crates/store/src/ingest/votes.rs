//! Votes that wait to be opened.
//!
//! A vote is encrypted with the secret of its poll, and with the addresses of the two people. The session of
//! the number opens it (`gateway::votes`) once both are stored, whichever came first: after each batch with
//! a vote or a poll, and before WhatsApp gets the receipt of that batch, so that after a crash it comes
//! again. One that cannot be opened stays with the number of keys that were tried, and is tried again once
//! there are others; there is at most one of each person and poll.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    ChatId,
    content::{Poll, PollSecret},
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, sea_query::Expr,
};

use super::Ingest;
use crate::{
    Error, changed, codec,
    entity::{contact_alias, message, message_update},
    messages::{
        MessageUpdate, VOTE,
        updates::{self, NewUpdate},
        votes,
    },
};

/// The most polls of one query; SQLite binds 32,766 values at most.
const AT_ONCE: usize = 10_000;
/// The most votes in these polls. WhatsApp's groups have 1,024 members.
const MOST: u64 = 10_000;

/// A vote that is encrypted, with everything that opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedVote {
    /// The number of its row.
    pub id: i64,
    /// WhatsApp's id of the poll.
    pub poll: String,
    pub secret: PollSecret,
    /// The options of the poll.
    pub options: Vec<String>,
    /// The number of options that one person may choose; `None` for any number.
    pub choices: Option<u32>,
    /// Every address of the person who made the poll; none if that is the number itself.
    pub creator: Vec<String>,
    /// Every address of the person who voted; none if that is the number itself.
    pub voter: Vec<String>,
    /// WhatsApp's `PollUpdateMessage`.
    pub protobuf: Vec<u8>,
    /// The number of keys that did not open it. Each pair of addresses of the two people makes one.
    pub tried: u32,
}

/// A poll, by the chat and WhatsApp's id.
type Polls = BTreeMap<(i64, String), (i64, Poll)>;

impl Ingest {
    /// Returns the votes in these polls, given by WhatsApp's id, that wait to be opened. Polls that have not
    /// arrived, or came without a secret, are left out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sealed_votes(&self, polls: &BTreeSet<String>) -> Result<Vec<SealedVote>, Error> {
        let db = self.store.db();
        let polls: Vec<&str> = polls.iter().map(String::as_str).collect();
        let mut sealed = Vec::new();
        for polls in polls.chunks(AT_ONCE) {
            let rows = message_update::Entity::find()
                .filter(message_update::Column::TargetWaId.is_in(polls.iter().copied()))
                .filter(message_update::Column::ConnectionId.eq(self.connection.0))
                .filter(message_update::Column::Kind.eq(VOTE))
                .order_by_asc(message_update::Column::Id)
                .limit(MOST)
                .all(db)
                .await?;
            if rows.is_empty() {
                continue;
            }
            let polls = self.polls(db, polls).await?;
            let people = rows.iter().map(|row| row.sender_id);
            let people = people.chain(polls.values().map(|(creator, _)| *creator)).collect();
            let addresses = self.addresses(db, people).await?;
            let of = |person: i64| addresses.get(&person).cloned().unwrap_or_default();
            for row in rows {
                let poll = polls.get(&(row.chat_id, row.target_wa_id.clone()));
                let Some((creator, poll)) = poll else { continue };
                let Some(secret) = poll.secret else { continue };
                sealed.push(SealedVote {
                    id: row.id,
                    secret,
                    options: poll.options.clone(),
                    choices: poll.choices,
                    creator: of(*creator),
                    voter: of(row.sender_id),
                    protobuf: codec::read_bytes(&row.value)?,
                    tried: u32::try_from(row.tried).unwrap_or_default(),
                    poll: row.target_wa_id,
                });
            }
        }
        Ok(sealed)
    }

    /// Stores what votes chose, by the number of their row, and announces their polls. A vote that a newer
    /// one has replaced meanwhile is ignored.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn votes_opened(&self, opened: Vec<(i64, Vec<u32>)>) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        for (id, choices) in opened {
            let row = message_update::Entity::find_by_id(id)
                .filter(message_update::Column::ConnectionId.eq(self.connection.0))
                .filter(message_update::Column::Kind.eq(VOTE))
                .one(&writing.tx)
                .await?;
            let Some(row) = row else { continue };
            let target = codec::read_message_id(&row.target_wa_id)?;
            let what = MessageUpdate::Voted(choices);
            let new = NewUpdate {
                connection: self.connection,
                chat: ChatId(row.chat_id),
                sender: row.sender_id,
                target: &target,
                what: &what,
                at: row.at,
                made_here: None,
            };
            message_update::Entity::delete_by_id(row.id).exec(&writing.tx).await?;
            if updates::insert(&writing.tx, new).await? {
                let chat = ChatId(row.chat_id);
                changed::announce_target(&mut writing, self.connection, chat, &target).await?;
            }
        }
        writing.commit().await
    }

    /// Stores the number of keys that did not open each of these votes, by the number of its row.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn votes_failed(&self, failed: &[(i64, u32)]) -> Result<(), Error> {
        let writing = self.store.write().await?;
        for (id, keys) in failed {
            message_update::Entity::update_many()
                .col_expr(message_update::Column::Tried, Expr::val(i64::from(*keys)))
                .filter(message_update::Column::Id.eq(*id))
                .filter(message_update::Column::ConnectionId.eq(self.connection.0))
                .filter(message_update::Column::Kind.eq(VOTE))
                .exec(&writing.tx)
                .await?;
        }
        writing.commit().await
    }

    /// Returns the polls with these ids, and the contact who made each, or `message::OURSELVES`.
    async fn polls(&self, db: &impl ConnectionTrait, wa_ids: &[&str]) -> Result<Polls, Error> {
        let rows: Vec<(i64, String, i64, String, Option<String>)> = message::Entity::find()
            .filter(message::Column::ConnectionId.eq(self.connection.0))
            .filter(message::Column::WaId.is_in(wa_ids.iter().copied()))
            .order_by_asc(message::Column::Id)
            .select_only()
            .columns([
                message::Column::ChatId,
                message::Column::WaId,
                message::Column::SenderId,
                message::Column::Kind,
                message::Column::Content,
            ])
            .into_tuple()
            .all(db)
            .await?;
        let poll =
            |(chat, wa_id, sender, kind, content): (i64, String, i64, String, Option<String>)| {
                let poll = votes::poll_of(&kind, content.as_deref())?;
                Some(((chat, wa_id), (sender, poll)))
            };
        Ok(rows.into_iter().filter_map(poll).collect())
    }

    /// Returns the addresses of contacts.
    async fn addresses(
        &self,
        db: &impl ConnectionTrait,
        contacts: BTreeSet<i64>,
    ) -> Result<BTreeMap<i64, Vec<String>>, Error> {
        let rows = contact_alias::Entity::find()
            .filter(contact_alias::Column::ConnectionId.eq(self.connection.0))
            .filter(contact_alias::Column::ContactId.is_in(contacts))
            .all(db)
            .await?;
        let mut addresses = BTreeMap::<_, Vec<_>>::new();
        for row in rows {
            addresses.entry(row.contact_id).or_default().push(row.jid);
        }
        Ok(addresses)
    }
}
