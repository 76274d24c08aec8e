//! Names the authors of messages, of reactions and of quoted messages.

use model::{Author, ContactId};
use sea_orm::{
    ColumnTrait as _, EntityTrait, FromQueryResult, JoinType, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, RelationDef, Select,
};

use crate::{
    entity::{contact, message, message_update, user},
    names,
};

/// The columns that name an author.
#[derive(Debug, FromQueryResult)]
pub(super) struct AuthorRow {
    /// The contact, or `message::OURSELVES`.
    pub(super) sender_id: i64,
    /// The name of the user, if it was done in this inbox.
    author_name: Option<String>,
    phone: Option<String>,
    lid: Option<String>,
    saved_name: Option<String>,
    business_name: Option<String>,
    push_name: Option<String>,
}

/// Joins the columns of an [`AuthorRow`] except the sender's id, which is a column of the row.
pub(super) fn join<E: EntityTrait>(
    select: Select<E>,
    user: RelationDef,
    contact: RelationDef,
) -> Select<E> {
    select
        .join(JoinType::LeftJoin, user)
        .join(JoinType::LeftJoin, contact)
        .column_as(user::Column::Name, "author_name")
        .column_as(contact::Column::Phone, "phone")
        .column_as(contact::Column::Lid, "lid")
        .column_as(contact::Column::SavedName, "saved_name")
        .column_as(contact::Column::BusinessName, "business_name")
        .column_as(contact::Column::PushName, "push_name")
}

/// Selects the updates of one kind of some messages, oldest first: the message that each applies to, and its
/// author. The caller adds the value.
pub(super) fn of_updates<'a>(
    wa_ids: impl IntoIterator<Item = &'a str>,
    kind: &str,
) -> Select<message_update::Entity> {
    let select = message_update::Entity::find()
        .filter(message_update::Column::TargetWaId.is_in(wa_ids))
        .filter(message_update::Column::Kind.eq(kind))
        .order_by_asc(message_update::Column::At)
        .order_by_asc(message_update::Column::Id)
        .select_only()
        .columns([
            message_update::Column::ChatId,
            message_update::Column::TargetWaId,
            message_update::Column::SenderId,
        ]);
    let by_user = message_update::Entity::belongs_to(user::Entity)
        .from(message_update::Column::AuthorId)
        .to(user::Column::Id);
    let by_contact = message_update::Entity::belongs_to(contact::Entity)
        .from(message_update::Column::SenderId)
        .to(contact::Column::Id);
    join(select, by_user.into(), by_contact.into())
}

impl AuthorRow {
    /// Returns the contact, of a message in a group that is not the number's own.
    pub(super) fn contact(&self, in_group: bool) -> Option<ContactId> {
        (in_group && self.sender_id != message::OURSELVES).then_some(ContactId(self.sender_id))
    }

    /// Returns the author. Contacts are named in groups only.
    pub(super) fn author(&self, in_group: bool) -> Author {
        match (self.sender_id, &self.author_name) {
            (message::OURSELVES, Some(name)) => Author::User { name: text::line(name) },
            (message::OURSELVES, None) => Author::Phone,
            _ if in_group => {
                let (saved, push) = (self.saved_name.clone(), self.push_name.clone());
                let business = self.business_name.clone();
                let name = names::display_name(saved, business, push, self.phone.as_deref());
                Author::Contact { name: name.or_else(|| self.lid.as_deref().map(names::fallback)) }
            }
            _ => Author::Contact { name: None },
        }
    }
}

impl From<contact::Model> for AuthorRow {
    fn from(row: contact::Model) -> Self {
        Self {
            sender_id: row.id,
            author_name: None,
            phone: row.phone,
            lid: row.lid,
            saved_name: row.saved_name,
            business_name: row.business_name,
            push_name: row.push_name,
        }
    }
}
