//! What WhatsApp answers about groups.
//!
//! The session of a number asks for all groups of a number once a day at most, and for one whose chat is
//! new. Changes in between come as notices ([`super::group_updates`]). The members of a large group take many
//! statements, so they are stored in parts, between which messages are.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use model::{ChatId, ConnectionId, MemberRole, Membership, bounds};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _, sea_query::Expr,
};

use super::{Ingest, Peer, contacts, identity};
use crate::{
    Error, chats, codec,
    entity::{chat, chat_group, connection, contact_alias},
    groups::{
        group_rows,
        members::{self, NewMember},
    },
    live::Change,
    messages::{long_text::is_longer, timer},
    write::Writing,
};

/// Members of a group that are stored in one transaction.
const AT_ONCE: usize = 64;
/// Time for which an answer about all groups of a number counts, in microseconds.
const FRESH: i64 = 24 * 60 * 60 * 1_000_000;

/// A group, as WhatsApp answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedGroup {
    /// The address, `…@g.us`.
    pub jid: String,
    pub subject: String,
    pub description: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
    /// The person who created it, unless that was the number itself.
    pub creator: Option<Peer>,
    /// True if only administrators write.
    pub announce: bool,
    /// True if only administrators change the data of the group.
    pub locked: bool,
    /// True if it names its members by hidden identities.
    pub lid: bool,
    /// The seconds after which its messages disappear; 0 if they stay.
    pub timer: u32,
    /// The role of the number; `None` if it is no member.
    pub own_role: Option<MemberRole>,
    /// The other members.
    pub members: Vec<FetchedMember>,
    /// The time of the question. What is known of a member since then stays.
    pub asked_at: DateTime<Utc>,
}

/// A member of a group, as WhatsApp answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedMember {
    pub peer: Peer,
    pub role: MemberRole,
}

impl Ingest {
    /// Returns the addresses of groups with a chat of which WhatsApp has not been asked, at most `limit`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unknown_groups(&self, limit: u64) -> Result<Vec<String>, Error> {
        let jids: Vec<String> = chat::Entity::find()
            .filter(
                chat::Column::Id.in_subquery(
                    chat_group::Entity::find()
                        .filter(chat_group::Column::ConnectionId.eq(self.connection.0))
                        .filter(chat_group::Column::FetchedAt.is_null())
                        .select_only()
                        .column(chat_group::Column::ChatId)
                        .into_query(),
                ),
            )
            .order_by_desc(chat::Column::LastAt)
            .limit(limit)
            .select_only()
            .column(chat::Column::Jid)
            .into_tuple()
            .all(self.store.db())
            .await?;
        Ok(jids)
    }

    /// Returns true if all groups of the number were not fetched within a day.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn are_groups_due(&self) -> Result<bool, Error> {
        let row = connection::Entity::find_by_id(self.connection.0).one(self.store.db()).await?;
        let now = codec::now();
        // A time ahead was written before the clock was set back.
        let is_fresh = |at: i64| (now - FRESH..=now).contains(&at);
        Ok(row.is_some_and(|row| !row.groups_at.is_some_and(is_fresh)))
    }

    /// Stores a group with its members. A group without a chat gets one, which is listed by the time of the
    /// group's creation.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn group_fetched(&self, group: &FetchedGroup) -> Result<(), Error> {
        if !identity::is_address(&group.jid) {
            return Ok(());
        }
        let at = codec::micros(group.asked_at);
        let (chat, was_known) = self.store_data(group, at).await?;
        for part in group.members[..group.members.len().min(bounds::MEMBERS)].chunks(AT_ONCE) {
            let mut writing = self.store.write().await?;
            let contacts = resolve(&mut writing, self.connection, part).await?;
            for (contact, member) in contacts.into_iter().zip(part) {
                let Some(contact) = contact else { continue };
                let since = was_known.then_some(at);
                let new = NewMember { contact, role: member.role, since, at };
                members::replace(&writing.tx, chat, new).await?;
            }
            writing.commit().await?;
        }
        let mut writing = self.store.write().await?;
        members::remove_before(&writing.tx, chat, at).await?;
        if group.own_role.is_some() {
            members::refresh_size(&writing.tx, chat).await?;
        }
        set_fetched(&writing, chat, at).await?;
        writing.announce(self.connection, Change::Chat(chat));
        writing.commit().await
    }

    /// Stores that WhatsApp does not answer about a group, since the number is no member.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn group_refused(&self, jid: &str, asked_at: DateTime<Utc>) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let chat = chats::find::of_group(&writing.tx, self.connection, jid).await?;
        let Some(chat) = chat else { return Ok(()) };
        set_fetched(&writing, chat, codec::micros(asked_at)).await?;
        leave_outside(&mut writing, self.connection, chat).await?;
        writing.commit().await
    }

    /// Stores that all groups of the number were fetched. In every other group it is no member any more.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn groups_fetched(
        &self,
        jids: &BTreeSet<String>,
        asked_at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut writing = self.store.write().await?;
        let asked_at = codec::micros(asked_at);
        // One whose chat is newer than the question may be a new group.
        let known: Vec<(i64, String)> = chat::Entity::find()
            .filter(chat::Column::ConnectionId.eq(self.connection.0))
            .filter(chat::Column::ContactId.is_null())
            .filter(chat::Column::LastAt.lt(asked_at))
            .select_only()
            .columns([chat::Column::Id, chat::Column::Jid])
            .into_tuple()
            .all(&writing.tx)
            .await?;
        for (chat, _) in known.into_iter().filter(|(_, jid)| !jids.contains(jid)) {
            leave_outside(&mut writing, self.connection, ChatId(chat)).await?;
        }
        connection::Entity::update_many()
            .col_expr(connection::Column::GroupsAt, Expr::val(asked_at))
            .filter(connection::Column::Id.eq(self.connection.0))
            .exec(&writing.tx)
            .await?;
        writing.commit().await
    }

    /// Stores everything but the members. Returns true beside the chat if the group was known before.
    async fn store_data(&self, group: &FetchedGroup, at: i64) -> Result<(ChatId, bool), Error> {
        let mut writing = self.store.write().await?;
        let jid = codec::storable(&group.jid);
        let chat = match chats::find::of_group(&writing.tx, self.connection, &jid).await? {
            Some(chat) => {
                list_at_first(&writing, chat, group.created_at).await?;
                chat
            }
            None => create(&writing, self.connection, &jid, group.created_at).await?,
        };
        let known = group_rows::of(&writing.tx, chat).await?;
        let was_known = known.as_ref().is_some_and(|row| row.fetched_at.is_some());
        let before = known.map(|row| group_rows::membership(&row.membership)).unwrap_or_default();
        let membership = match group.own_role {
            Some(role) if role.is_admin() => Membership::Admin,
            Some(_) => Membership::Member,
            None if before.is_inside() => Membership::Removed,
            None => before,
        };
        let row = chat_group::ActiveModel {
            subject: Set(text::name(&cut(&group.subject, bounds::GROUP_SUBJECT))),
            description: Set(described(group.description.as_deref())),
            created_at: Set(group.created_at.map(codec::micros)),
            creator: Set(group.creator.as_ref().and_then(Peer::address)),
            announce: Set(group.announce),
            locked: Set(group.locked),
            lid: Set(group.lid),
            membership: Set(membership.as_str().to_owned()),
            ..Default::default()
        };
        chat_group::Entity::update_many()
            .set(row)
            .filter(chat_group::Column::ChatId.eq(chat.0))
            .exec(&writing.tx)
            .await?;
        timer::set(&writing.tx, chat, group.timer, at).await?;
        writing.announce(self.connection, Change::Chat(chat));
        writing.commit().await?;
        Ok((chat, was_known))
    }
}

/// Returns a description as it is stored; `None` for an empty one.
pub(super) fn described(description: Option<&str>) -> Option<String> {
    let description = cut(description?, bounds::GROUP_DESCRIPTION);
    text::has_visible(&description).then_some(description)
}

/// Returns the beginning of a text that fits, as it is stored.
pub(super) fn cut(words: &str, characters: usize) -> String {
    let words = if is_longer(words, characters) { text::cut(words, characters) } else { words };
    codec::storable(words)
}

/// Creates the chat of a group of which no message has come.
async fn create(
    writing: &Writing,
    connection: ConnectionId,
    jid: &str,
    created_at: Option<DateTime<Utc>>,
) -> Result<ChatId, Error> {
    let chat = chats::find::or_create(&writing.tx, connection, jid, None).await?;
    chat::Entity::update_many()
        .col_expr(chat::Column::LastAt, Expr::val(listed_by(created_at)))
        .filter(chat::Column::Id.eq(chat.0))
        .exec(&writing.tx)
        .await?;
    Ok(chat)
}

/// Lists the chat of a group without messages that the phone has archived, pinned or muted before anything
/// was known of it. One that was deleted stays out of the lists.
async fn list_at_first(
    writing: &Writing,
    chat: ChatId,
    created_at: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    chat::Entity::update_many()
        .col_expr(chat::Column::Unlisted, Expr::val(false))
        .col_expr(chat::Column::LastAt, Expr::val(listed_by(created_at)))
        .filter(chat::Column::Id.eq(chat.0))
        .filter(chat::Column::Unlisted.eq(true))
        .filter(chat::Column::LastMessageId.is_null())
        .filter(chat::Column::ClearedPosition.is_null())
        .exec(&writing.tx)
        .await?;
    Ok(())
}

/// Returns the time by which the chat of a group without messages is listed.
fn listed_by(created_at: Option<DateTime<Utc>>) -> i64 {
    created_at.map_or(0, codec::micros).clamp(0, codec::now())
}

async fn set_fetched(writing: &Writing, chat: ChatId, at: i64) -> Result<(), Error> {
    chat_group::Entity::update_many()
        .col_expr(chat_group::Column::FetchedAt, Expr::val(at))
        .filter(chat_group::Column::ChatId.eq(chat.0))
        .exec(&writing.tx)
        .await?;
    Ok(())
}

/// Stores that the number is no member of a group any more, unless it is known why.
async fn leave_outside(
    writing: &mut Writing,
    connection: ConnectionId,
    chat: ChatId,
) -> Result<(), Error> {
    let Some(row) = group_rows::of(&writing.tx, chat).await? else { return Ok(()) };
    if group_rows::membership(&row.membership).is_inside()
        && group_rows::set_membership(&writing.tx, chat, Membership::Removed).await?
    {
        writing.announce(connection, Change::Chat(chat));
    }
    Ok(())
}

/// Returns the contact of each member, and creates those that are new. Members who are known with all of
/// their addresses, as nearly all are, take one query.
async fn resolve(
    writing: &mut Writing,
    connection: ConnectionId,
    members: &[FetchedMember],
) -> Result<Vec<Option<i64>>, Error> {
    let mut known = known_contacts(writing, connection, members).await?;
    let mut has_changed = false;
    for member in members.iter().filter(|member| one_contact(&known, member).is_none()) {
        has_changed |= contacts::resolve(writing, connection, &member.peer).await?.is_some();
    }
    if has_changed {
        // Contacts that were found before may have become part of others.
        known = known_contacts(writing, connection, members).await?;
    }
    Ok(members.iter().map(|member| one_contact(&known, member)).collect())
}

/// Returns the contacts of members by address.
async fn known_contacts(
    writing: &Writing,
    connection: ConnectionId,
    members: &[FetchedMember],
) -> Result<BTreeMap<String, i64>, Error> {
    let aliases: BTreeSet<String> =
        members.iter().flat_map(|member| member.peer.aliases()).collect();
    let rows = contact_alias::Entity::find()
        .filter(contact_alias::Column::ConnectionId.eq(connection.0))
        .filter(contact_alias::Column::Jid.is_in(aliases))
        .all(&writing.tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.jid, row.contact_id)).collect())
}

/// Returns the contact that has all addresses of a member; `None` if there is none.
fn one_contact(known: &BTreeMap<String, i64>, member: &FetchedMember) -> Option<i64> {
    let found: BTreeSet<Option<i64>> =
        member.peer.aliases().iter().map(|alias| known.get(alias).copied()).collect();
    found.first().copied().flatten().filter(|_| found.len() == 1)
}
