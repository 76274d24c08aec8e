//! The notices of WhatsApp's server about changes of groups.
//!
//! Each is a row of its chat, which nobody has to read. Its id is made of that of the notice, so one that is
//! delivered again adds none, and changes nothing.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::{
    ChatId, ConnectionId, MemberRole, Membership, MessageContent, MessageId, MessageKind,
    WaMessageId, bounds,
    content::{GroupChange, GroupEvent, People},
};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, SimpleExpr},
};

use super::{
    Ingest, Peer, contacts,
    groups::{cut, described},
    identity,
};
use crate::{
    Error, chats, codec,
    entity::{chat, chat_group, connection, group_member, message, outbox},
    groups::{
        group_rows,
        members::{self, NewMember},
    },
    live::Change,
    messages::{self, NewMessage, content, position, timer},
    write::Writing,
};

/// A change of a group, as WhatsApp reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupUpdate {
    /// The address of the group, `…@g.us`.
    pub jid: String,
    /// The id of the row, made of that of the notice. The change is stored without a row if it is no id.
    pub id: String,
    /// Who made the change, if WhatsApp says so.
    pub by: Option<Participant>,
    /// The time of the change, by WhatsApp's clock.
    pub at: DateTime<Utc>,
    pub what: GroupUpdateKind,
}

/// The change itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupUpdateKind {
    /// The group is new.
    Created {
        subject: String,
    },
    /// These people are members now. They joined by themselves if `by_link`.
    Added {
        people: Vec<Participant>,
        by_link: bool,
    },
    /// They are no members any more. They left if they made the change themselves.
    Removed {
        people: Vec<Participant>,
    },
    Promoted {
        people: Vec<Participant>,
    },
    Demoted {
        people: Vec<Participant>,
    },
    /// Who made the change has another number from now on.
    NumberChanged {
        to: Peer,
    },
    Subject(String),
    /// `None` if it was removed.
    Description(Option<String>),
    Picture {
        removed: bool,
    },
    /// Only administrators write, or everybody.
    Announce(bool),
    /// Only administrators change the data of the group, or everybody.
    Locked(bool),
    /// Messages disappear after this time; 0 if they stay.
    Timer {
        seconds: u32,
    },
    Ended,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Participant {
    /// The number itself.
    Ourselves,
    Contact(Peer),
}

/// A person of a change, as they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Person {
    Ourselves { address: String },
    Contact { id: i64, address: String },
}

impl Person {
    fn address(&self) -> String {
        match self {
            Self::Ourselves { address } | Self::Contact { address, .. } => address.clone(),
        }
    }

    /// Returns the contact, or `message::OURSELVES`.
    fn sender(&self) -> i64 {
        match self {
            Self::Ourselves { .. } => message::OURSELVES,
            Self::Contact { id, .. } => *id,
        }
    }
}

impl Ingest {
    /// Stores a change of a group. One of a group without a chat is ignored, unless the number is a member
    /// since then.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn group_update(&self, update: &GroupUpdate) -> Result<(), Error> {
        if !identity::is_address(&update.jid) {
            return Ok(());
        }
        let mut writing = self.store.write().await?;
        let jid = codec::storable(&update.jid);
        let chat = match chats::find::of_group(&writing.tx, self.connection, &jid).await? {
            Some(chat) => chat,
            None if update.what.begins() => {
                chats::find::or_create(&writing.tx, self.connection, &jid, None).await?
            }
            None => return Ok(()),
        };
        let mut storing = Storing {
            connection: self.connection,
            chat,
            own: own_address(&writing, self.connection).await?,
            at: codec::micros(update.at),
            known: BTreeMap::new(),
        };
        let by = match &update.by {
            Some(by) => storing.person(&mut writing, by).await?,
            None => None,
        };
        let people = storing.people(&mut writing, update.what.people()).await?;
        let event = storing.event(&mut writing, by.as_ref(), &people, &update.what).await?;
        if let Some(what) = event {
            let row = storing.insert(&mut writing, &update.id, by.as_ref(), what).await?;
            if row == Row::Known {
                return Ok(());
            }
        }
        storing.apply(&mut writing, by.as_ref(), &people, &update.what).await?;
        writing.announce(self.connection, Change::Chat(chat));
        writing.commit().await
    }
}

/// The row of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    New,
    /// It is stored already, and so is the change.
    Known,
    /// Its id is none.
    Without,
}

/// A change that is being stored.
struct Storing {
    connection: ConnectionId,
    chat: ChatId,
    /// The address of the number itself.
    own: String,
    at: i64,
    /// The contacts that were found, by address.
    known: BTreeMap<String, i64>,
}

async fn own_address(writing: &Writing, number: ConnectionId) -> Result<String, Error> {
    let row = connection::Entity::find_by_id(number.0).one(&writing.tx).await?;
    Ok(row.and_then(|row| row.own_address()).unwrap_or_default())
}

impl GroupUpdateKind {
    /// Returns true if the number is a member from then on.
    fn begins(&self) -> bool {
        match self {
            Self::Created { .. } => true,
            Self::Added { people, .. } => people.contains(&Participant::Ourselves),
            _ => false,
        }
    }

    /// Returns the people of the change, as many as a group may have.
    fn people(&self) -> &[Participant] {
        let people: &[Participant] = match self {
            Self::Added { people, .. }
            | Self::Removed { people }
            | Self::Promoted { people }
            | Self::Demoted { people } => people,
            _ => &[],
        };
        people.get(..bounds::MEMBERS).unwrap_or(people)
    }
}

impl Storing {
    /// Returns a person, and makes them a contact.
    async fn person(
        &mut self,
        writing: &mut Writing,
        participant: &Participant,
    ) -> Result<Option<Person>, Error> {
        let peer = match participant {
            Participant::Ourselves => {
                return Ok(Some(Person::Ourselves { address: self.own.clone() }));
            }
            Participant::Contact(peer) => peer,
        };
        let Some(address) = peer.address() else { return Ok(None) };
        let id = match self.known.get(&address) {
            Some(id) => Some(*id),
            None => contacts::resolve(writing, self.connection, peer).await?,
        };
        let Some(id) = id else { return Ok(None) };
        self.known.insert(address.clone(), id);
        Ok(Some(Person::Contact { id, address }))
    }

    async fn people(
        &mut self,
        writing: &mut Writing,
        participants: &[Participant],
    ) -> Result<Vec<Person>, Error> {
        let mut people = Vec::new();
        for participant in participants {
            people.extend(self.person(writing, participant).await?);
        }
        Ok(people)
    }

    /// Returns the change as its row has it; `None` for one that has a row already, since it was made here.
    async fn event(
        &mut self,
        writing: &mut Writing,
        by: Option<&Person>,
        people: &[Person],
        what: &GroupUpdateKind,
    ) -> Result<Option<GroupEvent>, Error> {
        let all = || People::from(people.iter().map(Person::address).collect::<Vec<_>>());
        // WhatsApp gives the two one or two addresses each.
        let is_among = |by: &Person| people.iter().any(|one| one.sender() == by.sender());
        let by_themselves = by.is_none_or(is_among);
        Ok(Some(match what {
            GroupUpdateKind::Created { subject } => {
                GroupEvent::Created { subject: text::line(&cut(subject, bounds::GROUP_SUBJECT)) }
            }
            GroupUpdateKind::Added { by_link, .. } => {
                let joined = *by_link || (by.is_some() && by_themselves);
                if joined { GroupEvent::Joined(all()) } else { GroupEvent::Added(all()) }
            }
            GroupUpdateKind::Removed { .. } if by_themselves => {
                let is_us = people.iter().any(|one| one.sender() == message::OURSELVES);
                if is_us && self.is_leaving(writing).await? {
                    return Ok(None);
                }
                GroupEvent::Left(all())
            }
            GroupUpdateKind::Removed { .. } => GroupEvent::Removed(all()),
            GroupUpdateKind::Promoted { .. } => GroupEvent::Promoted(all()),
            GroupUpdateKind::Demoted { .. } => GroupEvent::Demoted(all()),
            GroupUpdateKind::NumberChanged { to } => {
                let to = Participant::Contact(to.clone());
                match self.person(writing, &to).await? {
                    Some(to) => GroupEvent::NumberChanged { to: to.address() },
                    None => return Ok(None),
                }
            }
            GroupUpdateKind::Subject(subject) => {
                GroupEvent::Subject { subject: text::line(&cut(subject, bounds::GROUP_SUBJECT)) }
            }
            GroupUpdateKind::Description(description) => {
                GroupEvent::Description { removed: description.is_none() }
            }
            GroupUpdateKind::Picture { removed } => GroupEvent::Picture { removed: *removed },
            GroupUpdateKind::Announce(is_on) => GroupEvent::Announce(*is_on),
            GroupUpdateKind::Locked(is_on) => GroupEvent::Locked(*is_on),
            GroupUpdateKind::Timer { seconds } => {
                let is_ours = by.is_none_or(|by| by.sender() == message::OURSELVES);
                if is_ours && self.is_timer(writing, *seconds).await? {
                    return Ok(None);
                }
                GroupEvent::Timer { seconds: *seconds }
            }
            GroupUpdateKind::Ended => GroupEvent::Ended,
        }))
    }

    /// Returns true if the number leaves, or has left, at the wish of a user, who got the notice then.
    async fn is_leaving(&self, writing: &Writing) -> Result<bool, Error> {
        if group_rows::is_queued(&writing.tx, self.chat, outbox::LEAVE).await? {
            return Ok(true);
        }
        let row = group_rows::of(&writing.tx, self.chat).await?;
        Ok(row.is_some_and(|row| group_rows::membership(&row.membership) == Membership::Left))
    }

    /// Returns true if the timer is set by a user, or was, who got the notice then.
    async fn is_timer(&self, writing: &Writing, seconds: u32) -> Result<bool, Error> {
        if group_rows::is_queued(&writing.tx, self.chat, outbox::TIMER).await? {
            return Ok(true);
        }
        let row = chat::Entity::find_by_id(self.chat.0).one(&writing.tx).await?;
        Ok(row.is_some_and(|row| timer::seconds_of(row.timer_seconds) == seconds))
    }

    /// Inserts the row of the change.
    async fn insert(
        &self,
        writing: &mut Writing,
        id: &str,
        by: Option<&Person>,
        what: GroupEvent,
    ) -> Result<Row, Error> {
        let Ok(wa_id) = WaMessageId::parse(id) else { return Ok(Row::Without) };
        let change = GroupChange { by: by.map(Person::address), what };
        let new = NewMessage {
            connection: self.connection,
            chat: self.chat,
            sender: by.map_or(message::OURSELVES, Person::sender),
            wa_id: &wa_id,
            author: None,
            kind: MessageKind::System,
            text: String::new(),
            content: content::column(Some(&MessageContent::Group(change))),
            quote: None,
            forwarded: 0,
            sent_at: self.at,
            position: position::by_time(&writing.tx, self.chat, self.at).await?,
            delivery: None,
            expires_at: None,
            mentions: None,
            mentions_us: false,
        };
        let Some(row) = messages::insert(&writing.tx, new).await? else { return Ok(Row::Known) };
        chats::refresh_last(&writing.tx, [self.chat]).await?;
        writing.announce(self.connection, Change::Message(self.chat, MessageId(row)));
        Ok(Row::New)
    }

    /// Changes what is known of the group.
    async fn apply(
        &mut self,
        writing: &mut Writing,
        by: Option<&Person>,
        people: &[Person],
        what: &GroupUpdateKind,
    ) -> Result<(), Error> {
        let column = |column: chat_group::Column, value: SimpleExpr| (column, value);
        let (column, value) = match what {
            GroupUpdateKind::Created { .. }
            | GroupUpdateKind::Added { .. }
            | GroupUpdateKind::Removed { .. }
            | GroupUpdateKind::Promoted { .. }
            | GroupUpdateKind::Demoted { .. } => {
                for person in people {
                    self.apply_to(writing, by, person, what).await?;
                }
                if what.begins() {
                    self.begin(writing).await?;
                }
                return self.count(writing).await;
            }
            GroupUpdateKind::NumberChanged { to } => {
                let to = self.person(writing, &Participant::Contact(to.clone())).await?;
                if let (Some(by), Some(to)) = (by, to) {
                    self.replace(writing, by.sender(), to.sender()).await?;
                }
                return self.count(writing).await;
            }
            GroupUpdateKind::Picture { .. } => return Ok(()),
            GroupUpdateKind::Timer { seconds } => {
                return timer::set(&writing.tx, self.chat, *seconds, self.at).await;
            }
            GroupUpdateKind::Ended => {
                group_rows::set_membership(&writing.tx, self.chat, Membership::Ended).await?;
                return Ok(());
            }
            GroupUpdateKind::Subject(subject) => {
                let subject = text::name(&cut(subject, bounds::GROUP_SUBJECT));
                column(chat_group::Column::Subject, Expr::val(subject))
            }
            GroupUpdateKind::Description(description) => {
                let description = described(description.as_deref());
                column(chat_group::Column::Description, Expr::val(description))
            }
            GroupUpdateKind::Announce(is_on) => {
                column(chat_group::Column::Announce, Expr::val(*is_on))
            }
            GroupUpdateKind::Locked(is_on) => column(chat_group::Column::Locked, Expr::val(*is_on)),
        };
        chat_group::Entity::update_many()
            .col_expr(column, value)
            .filter(chat_group::Column::ChatId.eq(self.chat.0))
            .exec(&writing.tx)
            .await?;
        Ok(())
    }

    /// Changes the membership of one person.
    async fn apply_to(
        &self,
        writing: &Writing,
        by: Option<&Person>,
        person: &Person,
        what: &GroupUpdateKind,
    ) -> Result<(), Error> {
        let (tx, chat) = (&writing.tx, self.chat);
        let Person::Contact { id, .. } = person else {
            let by_ourselves = by.is_none_or(|by| by == person);
            let membership = match what {
                GroupUpdateKind::Promoted { .. } => Membership::Admin,
                GroupUpdateKind::Removed { .. } if by_ourselves => Membership::Left,
                GroupUpdateKind::Removed { .. } => Membership::Removed,
                _ => Membership::Member,
            };
            group_rows::set_membership(tx, chat, membership).await?;
            return Ok(());
        };
        match what {
            GroupUpdateKind::Added { .. } => {
                let (since, role) = (Some(self.at), MemberRole::Member);
                let new = NewMember { contact: *id, role, since, at: self.at };
                members::upsert(tx, chat, new).await
            }
            GroupUpdateKind::Removed { .. } => members::remove(tx, chat, *id).await,
            GroupUpdateKind::Promoted { .. } => {
                members::set_role(tx, chat, *id, MemberRole::Admin, self.at).await
            }
            GroupUpdateKind::Demoted { .. } => {
                members::set_role(tx, chat, *id, MemberRole::Member, self.at).await
            }
            _ => Ok(()),
        }
    }

    /// Makes the number a member, and has the session ask for the members.
    async fn begin(&self, writing: &Writing) -> Result<(), Error> {
        let inside = [Membership::Member, Membership::Admin].map(Membership::as_str);
        chat_group::Entity::update_many()
            .col_expr(chat_group::Column::Membership, Expr::val(Membership::Member.as_str()))
            .filter(chat_group::Column::ChatId.eq(self.chat.0))
            .filter(chat_group::Column::Membership.is_not_in(inside))
            .exec(&writing.tx)
            .await?;
        chat_group::Entity::update_many()
            .col_expr(chat_group::Column::FetchedAt, Expr::val(None::<i64>))
            .filter(chat_group::Column::ChatId.eq(self.chat.0))
            .exec(&writing.tx)
            .await?;
        Ok(())
    }

    /// Makes a member one under another number, with the same role.
    async fn replace(&self, writing: &Writing, old: i64, new: i64) -> Result<(), Error> {
        let known = group_member::Entity::find_by_id((self.chat.0, old)).one(&writing.tx).await?;
        let Some(known) = known.filter(|_| old != new && new != message::OURSELVES) else {
            return Ok(());
        };
        members::remove(&writing.tx, self.chat, old).await?;
        let role = known.role.parse().unwrap_or_default();
        let new = NewMember { contact: new, role, since: known.since, at: self.at };
        members::upsert(&writing.tx, self.chat, new).await
    }

    /// Counts the members, of a group whose members are known.
    async fn count(&self, writing: &Writing) -> Result<(), Error> {
        let row = group_rows::of(&writing.tx, self.chat).await?;
        match row.filter(|row| row.size > 0) {
            Some(_) => members::refresh_size(&writing.tx, self.chat).await,
            None => Ok(()),
        }
    }
}
