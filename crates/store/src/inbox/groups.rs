//! The data and the members of a group, and their receipts for a message.

use std::collections::HashMap;

use model::{
    ChatId, ContactId, Group, Member, MemberReceipt, MemberRole, Membership, MessageId,
    MessageInfo, bounds, content::GroupPerson,
};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, JoinType, QueryFilter as _,
    QuerySelect as _, RelationTrait as _,
};

use super::people::Wanted;
use crate::{
    Error, Viewer, codec,
    entity::{chat, chat_group, connection, contact, group_member, message},
    groups::group_rows,
    messages::{group_receipts, people::People},
    names,
};

/// The members that a search returns.
const FOUND: usize = 50;

#[derive(Debug, FromQueryResult)]
struct Row {
    contact_id: i64,
    role: String,
    since: Option<i64>,
    phone: Option<String>,
    lid: Option<String>,
    saved_name: Option<String>,
    business_name: Option<String>,
    push_name: Option<String>,
}

impl Viewer {
    /// Returns a group with its members.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such group that this user may read.
    pub async fn group(&self, id: ChatId) -> Result<Group, Error> {
        let (chat, row) = self.group_row(id).await?;
        let db = self.store().db();
        let created_by = match &row.creator {
            Some(address) => {
                let number = chat.connection.0;
                let people = People::load(db, std::iter::once((number, address.clone()))).await?;
                match people.person(number, address) {
                    GroupPerson::Member { name, .. } => Some(name),
                    GroupPerson::Ourselves => None,
                }
            }
            None => None,
        };
        let membership = group_rows::membership(&row.membership);
        let mut members = self.members(id).await?;
        if membership.is_inside() && row.fetched_at.is_some() {
            members.push(self.ourselves(&chat, membership).await?);
        }
        let is_other = |member: &Member| member.contact.is_some();
        members.sort_by_cached_key(|one| (is_other(one), one.role, one.name.to_lowercase()));
        Ok(Group {
            chat: id,
            subject: chat.name,
            picture: chat.picture,
            description: text::calm(row.description.unwrap_or_default()),
            created_at: row.created_at.map(codec::time),
            created_by,
            announce: row.announce,
            locked: row.locked,
            membership,
            members,
            known: row.fetched_at.is_some(),
        })
    }

    /// Returns the members of a group other than the number itself, of whose name or phone `search` is a
    /// part; all if it is empty. At most 50 are returned, by name.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such group that this user may read.
    pub async fn group_members(&self, chat: ChatId, search: &str) -> Result<Vec<Member>, Error> {
        self.group_row(chat).await?;
        let wanted = Wanted::of(search);
        let mut members = self.members(chat).await?;
        members.retain(|member| {
            let digits = member.phone.as_ref().map(model::PhoneNumber::digits);
            wanted.finds(&member.name, &digits.unwrap_or_default())
        });
        members.sort_by_cached_key(|member| member.name.to_lowercase());
        members.truncate(FOUND);
        Ok(members)
    }

    /// Returns the receipts of the members for a message of the number in a group.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such message that this user may read, it is not one of the
    /// number, or not in a group.
    pub async fn message_info(&self, id: MessageId) -> Result<MessageInfo, Error> {
        let db = self.store().db();
        let row: Option<(i64, i64)> = self
            .scope()
            .messages()
            .filter(message::Column::Id.eq(id.0))
            .filter(message::Column::SenderId.eq(message::OURSELVES))
            .filter(message::Column::Delivery.is_not_null())
            .select_only()
            .columns([message::Column::ChatId, message::Column::SentAt])
            .into_tuple()
            .one(db)
            .await?;
        let (chat, sent_at) = row.ok_or(Error::NotFound)?;
        let chat = ChatId(chat);
        self.group_row(chat).await?;
        let receipts = group_receipts::of(db, id).await?;
        let people = receipts.iter().map(|receipt| receipt.contact_id);
        let names = self.names_of(people.collect()).await?;
        let name = |contact: i64| names.get(&contact).cloned().unwrap_or_default();
        let mut info = MessageInfo::default();
        for receipt in &receipts {
            let (at, list) = match receipt.read_at {
                Some(at) => (Some(at), &mut info.read),
                None => (receipt.delivered_at, &mut info.delivered),
            };
            list.push(MemberReceipt {
                contact: ContactId(receipt.contact_id),
                name: name(receipt.contact_id),
                at: at.map(codec::time),
                played: receipt.played_at.is_some(),
            });
        }
        let pending = group_receipts::recipients(chat, sent_at);
        for row in self.member_rows(pending).await? {
            let contact = ContactId(row.contact_id);
            if !names.contains_key(&row.contact_id) {
                let name = row.name();
                info.pending.push(MemberReceipt { contact, name, at: None, played: false });
            }
        }
        info.pending.sort_by_cached_key(|one| one.name.to_lowercase());
        Ok(info)
    }

    /// Returns a group that this user may read, with the row of its data.
    async fn group_row(&self, chat: ChatId) -> Result<(model::Chat, chat_group::Model), Error> {
        let chat = self.chat(chat).await?;
        let row = group_rows::of(self.store().db(), chat.id).await?.ok_or(Error::NotFound)?;
        Ok((chat, row))
    }

    /// Returns the members of a group other than the number itself.
    async fn members(&self, chat: ChatId) -> Result<Vec<Member>, Error> {
        let select = group_member::Entity::find().filter(group_member::Column::ChatId.eq(chat.0));
        let rows = self.member_rows(select).await?;
        let contacts: Vec<i64> = rows.iter().map(|row| row.contact_id).collect();
        let chats: HashMap<i64, i64> = self
            .scope()
            .chats()
            .filter(chat::Column::ContactId.is_in(contacts))
            .select_only()
            .columns([chat::Column::ContactId, chat::Column::Id])
            .into_tuple::<(i64, i64)>()
            .all(self.store().db())
            .await?
            .into_iter()
            .collect();
        let member = |row: Row| Member {
            chat: chats.get(&row.contact_id).copied().map(ChatId),
            ..row.into_model()
        };
        Ok(rows.into_iter().map(member).collect())
    }

    async fn member_rows(
        &self,
        select: sea_orm::Select<group_member::Entity>,
    ) -> Result<Vec<Row>, Error> {
        let rows = select
            .limit(bounds::MEMBERS as u64)
            .join(JoinType::InnerJoin, group_member::Relation::Contact.def())
            .select_only()
            .columns([
                group_member::Column::ContactId,
                group_member::Column::Role,
                group_member::Column::Since,
            ])
            .columns([
                contact::Column::Phone,
                contact::Column::Lid,
                contact::Column::SavedName,
                contact::Column::BusinessName,
                contact::Column::PushName,
            ])
            .into_model()
            .all(self.store().db())
            .await?;
        Ok(rows)
    }

    /// Returns the number itself as a member.
    async fn ourselves(&self, chat: &model::Chat, membership: Membership) -> Result<Member, Error> {
        let number = connection::Entity::find_by_id(chat.connection.0);
        let number = number.one(self.store().db()).await?.ok_or(Error::NotFound)?;
        let role = match membership {
            Membership::Admin => MemberRole::Admin,
            _ => MemberRole::Member,
        };
        Ok(Member {
            contact: None,
            name: text::line(&number.label),
            unsaved: false,
            phone: number.phone.as_deref().map(phone::number),
            role,
            since: None,
            chat: None,
        })
    }

    async fn names_of(&self, contacts: Vec<i64>) -> Result<HashMap<i64, String>, Error> {
        let rows = contact::Entity::find()
            .filter(contact::Column::Id.is_in(contacts))
            .all(self.store().db())
            .await?;
        let named = |row: contact::Model| {
            let names = [row.saved_name, row.business_name, row.push_name];
            (row.id, name(names, row.phone.as_deref(), row.lid))
        };
        Ok(rows.into_iter().map(named).collect())
    }
}

/// Returns the name of a member by their saved name, that of a business and the chosen one.
fn name(names: [Option<String>; 3], phone: Option<&str>, lid: Option<String>) -> String {
    let [saved, business, push] = names;
    names::display_name(saved, business, push, phone)
        .or_else(|| lid.as_deref().map(names::fallback))
        .unwrap_or_default()
}

impl Row {
    fn name(&self) -> String {
        let names = [&self.saved_name, &self.business_name, &self.push_name].map(Option::clone);
        name(names, self.phone.as_deref(), self.lid.clone())
    }

    fn into_model(self) -> Member {
        let named = [&self.saved_name, &self.business_name];
        Member {
            contact: Some(ContactId(self.contact_id)),
            name: self.name(),
            unsaved: !named.into_iter().flatten().any(|name| text::name(name).is_some()),
            phone: self.phone.as_deref().map(phone::number),
            role: self.role.parse().unwrap_or_default(),
            since: self.since.map(codec::time),
            chat: None,
        }
    }
}
