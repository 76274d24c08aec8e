//! The person of a chat, and the groups that they share with its number.

use model::{Chat, ChatId, ConnectionId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, IntoSimpleExpr as _, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, RelationTrait as _,
    Select,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{
    Error, Viewer,
    access::Scope,
    chats::load,
    entity::{chat, contact, message},
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

    /// Returns the groups that this user may read in which a person has written, the newest first; at most
    /// 50.
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
    let written = message::Entity::find()
        .filter(message::Column::SenderId.eq(contact))
        .filter(message::Column::ChatId.into_simple_expr().eq(chat::Column::Id.into_simple_expr()))
        .select_only()
        .expr(Expr::val(1))
        .into_query();
    scope
        .chats()
        .filter(chat::Column::ConnectionId.eq(connection.0))
        .filter(chat::Column::ContactId.is_null())
        .filter(Expr::exists(written))
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
