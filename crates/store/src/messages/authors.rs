//! Names the authors of messages, of reactions and of quoted messages.

use model::Author;
use sea_orm::{EntityTrait, FromQueryResult, JoinType, QuerySelect as _, RelationDef, Select};

use crate::{
    entity::{contact, message, user},
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
        .column_as(contact::Column::PushName, "push_name")
}

impl AuthorRow {
    /// Returns the author. Contacts are named in groups only.
    pub(super) fn author(&self, in_group: bool) -> Author {
        match (self.sender_id, &self.author_name) {
            (message::OURSELVES, Some(name)) => Author::User { name: text::line(name) },
            (message::OURSELVES, None) => Author::Phone,
            _ if in_group => {
                let (saved, push) = (self.saved_name.clone(), self.push_name.clone());
                let name = names::display_name(saved, push, self.phone.as_deref());
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
            push_name: row.push_name,
        }
    }
}
