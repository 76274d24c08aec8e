//! The person of a chat, and the groups that they share with its number.

use model::{Chat, ChatId, ConnectionId, Membership};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, RelationTrait as _, Select,
};

use crate::{
    Error, Viewer,
    access::Scope,
    chats::load,
    entity::{chat, chat_group, contact, group_member},
};

/// Groups that are returned at most.
const GROUPS: u64 = 50;

/// The person of a chat that a user may read, for whom WhatsApp can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatPerson {
    connection: ConnectionId,
    contact: i64,
    address: String,
    chosen_name: Option<String>,
}

impl ChatPerson {
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }

    /// Returns WhatsApp's address of the person.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns the name that the person chose, safe to show.
    pub fn chosen_name(&self) -> Option<&str> {
        self.chosen_name.as_deref()
    }
}

impl Viewer {
    /// Returns the person of a chat.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such chat that this user may read, or it is one of a group.
    pub async fn chat_person(&self, chat: ChatId) -> Result<ChatPerson, Error> {
        let row: Option<Row> = self
            .scope()
            .chats()
            .filter(chat::Column::Id.eq(chat.0))
            .join(JoinType::InnerJoin, chat::Relation::Contact.def())
            .select_only()
            .columns([chat::Column::ConnectionId, chat::Column::ContactId, chat::Column::Address])
            .column(contact::Column::PushName)
            .into_model()
            .one(self.store().db())
            .await?;
        let row = row.ok_or(Error::NotFound)?;
        Ok(ChatPerson {
            connection: ConnectionId(row.connection_id),
            contact: row.contact_id,
            address: row.address,
            chosen_name: row.push_name.and_then(|name| text::name(&name)),
        })
    }

    /// Returns the groups that this user may read of which a person and the number are members, the newest
    /// first; at most 50.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn common_groups(&self, person: &ChatPerson) -> Result<Vec<Chat>, Error> {
        let groups = in_groups(self.scope(), person.connection, person.contact);
        load::rows(self.store().db(), groups).await
    }
}

pub(crate) fn in_groups(
    scope: Scope,
    connection: ConnectionId,
    contact: i64,
) -> Select<chat::Entity> {
    let member_of = group_member::Entity::find()
        .filter(group_member::Column::ContactId.eq(contact))
        .select_only()
        .column(group_member::Column::ChatId)
        .into_query();
    // Of a group that the number left, the last known members stay.
    let inside = [Membership::Member, Membership::Admin].map(Membership::as_str);
    let inside = chat_group::Entity::find()
        .filter(chat_group::Column::ConnectionId.eq(connection.0))
        .filter(chat_group::Column::Membership.is_in(inside))
        .select_only()
        .column(chat_group::Column::ChatId)
        .into_query();
    scope
        .chats()
        .filter(chat::Column::ConnectionId.eq(connection.0))
        .filter(chat::Column::Id.in_subquery(member_of))
        .filter(chat::Column::Id.in_subquery(inside))
        .order_by_desc(chat::Column::LastAt)
        .order_by_desc(chat::Column::Id)
        .limit(GROUPS)
}

#[derive(FromQueryResult)]
struct Row {
    connection_id: i64,
    contact_id: i64,
    address: String,
    push_name: Option<String>,
}
