//! Pictures of people and groups. The files are in a folder that this crate does not access.

use chrono::{DateTime, TimeDelta, Utc};
use model::{ChatId, ConnectionId, ContactId};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, IntoSimpleExpr as _, JoinType,
    QueryFilter as _, QuerySelect as _, QueryTrait as _, RelationTrait as _, Select,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{
    Error, Viewer,
    access::Scope,
    chats::picture::{NONE_FOR, either, is_over, join},
    entity::{chat, contact, message, picture},
};

/// Time after which WhatsApp is asked again for a picture that is stored. It reports changes, but not
/// to a number that was away for long.
const KEPT_FOR: TimeDelta = TimeDelta::days(7);

/// The owner of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureOf {
    Person(ContactId),
    /// The group of a chat.
    Group(ChatId),
}

/// What is known of a picture. Only a [`Viewer`] who may see it and the number's own session have one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    connection: ConnectionId,
    of: PictureOf,
    address: String,
    known: Known,
}

/// The state of a picture, as its row has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Known {
    version: i64,
    asked_at: i64,
    wa_id: Option<String>,
}

impl Picture {
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }

    pub fn of(&self) -> PictureOf {
        self.of
    }

    /// Returns WhatsApp's address of the person or the group.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns the version of the stored picture; `None` if none is stored.
    pub fn version(&self) -> Option<i64> {
        (self.known.version > 0).then_some(self.known.version)
    }

    /// Returns WhatsApp's id of the stored picture.
    pub fn wa_id(&self) -> Option<&str> {
        self.known.wa_id.as_deref()
    }

    /// Returns true if WhatsApp is to be asked for it.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        let lasts = if self.known.version > 0 { KEPT_FOR } else { NONE_FOR };
        is_over(self.known.asked_at, lasts, now)
    }
}

impl Viewer {
    /// Returns the picture of a chat: of its person, or of its group.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such chat that this user may read.
    pub async fn chat_picture(&self, chat: ChatId) -> Result<Picture, Error> {
        let row: Option<OfChat> =
            of_chat(self.scope(), chat).into_model().one(self.store().db()).await?;
        Ok(row.ok_or(Error::NotFound)?.into_picture())
    }

    /// Returns the picture of a person with whom this user may read a chat, or who has written in a group
    /// that this user may read.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such person.
    pub async fn contact_picture(&self, contact: ContactId) -> Result<Picture, Error> {
        let row: Option<OfContact> =
            of_contact(self.scope(), contact).into_model().one(self.store().db()).await?;
        row.and_then(OfContact::into_picture).ok_or(Error::NotFound)
    }
}

pub(crate) fn of_chat(scope: Scope, chat: ChatId) -> Select<chat::Entity> {
    selected(scope.chats().filter(chat::Column::Id.eq(chat.0)))
}

pub(crate) fn of_contact(scope: Scope, contact: ContactId) -> Select<contact::Entity> {
    let this = || contact::Column::Id.into_simple_expr();
    let in_chat = scope
        .chats()
        .filter(chat::Column::ContactId.into_simple_expr().eq(this()))
        .select_only()
        .expr(Expr::val(1))
        .into_query();
    let in_group = message::Entity::find()
        .filter(message::Column::SenderId.into_simple_expr().eq(this()))
        .filter(scope.sees_group(message::Column::ChatId))
        .select_only()
        .expr(Expr::val(1))
        .into_query();
    let is_seen = Expr::exists(in_chat).or(Expr::exists(in_group));
    selected_contact(contact::Entity::find_by_id(contact.0).filter(is_seen))
}

/// Selects the columns of [`OfChat`].
pub(super) fn selected(select: Select<chat::Entity>) -> Select<chat::Entity> {
    let select = select.select_only().columns([
        chat::Column::Id,
        chat::Column::ConnectionId,
        chat::Column::ContactId,
        chat::Column::Address,
    ]);
    join(select).expr_as(either(picture::Column::WaId), "picture_wa_id")
}

/// Selects the columns of [`OfContact`].
pub(super) fn selected_contact(select: Select<contact::Entity>) -> Select<contact::Entity> {
    select
        .join_rev(JoinType::LeftJoin, picture::Relation::Contact.def())
        .select_only()
        .columns([
            contact::Column::Id,
            contact::Column::ConnectionId,
            contact::Column::Lid,
            contact::Column::Phone,
        ])
        .column_as(picture::Column::Version, "picture_version")
        .column_as(picture::Column::AskedAt, "picture_asked_at")
        .column_as(picture::Column::WaId, "picture_wa_id")
}

#[derive(Debug, FromQueryResult)]
pub(super) struct OfChat {
    id: i64,
    connection_id: i64,
    contact_id: Option<i64>,
    address: String,
    picture_version: Option<i64>,
    picture_asked_at: Option<i64>,
    picture_wa_id: Option<String>,
}

impl OfChat {
    pub(super) fn into_picture(self) -> Picture {
        let group = PictureOf::Group(ChatId(self.id));
        Picture {
            connection: ConnectionId(self.connection_id),
            of: self.contact_id.map_or(group, |contact| PictureOf::Person(ContactId(contact))),
            address: self.address,
            known: Known {
                version: self.picture_version.unwrap_or(0),
                asked_at: self.picture_asked_at.unwrap_or(0),
                wa_id: self.picture_wa_id,
            },
        }
    }
}

#[derive(Debug, FromQueryResult)]
pub(super) struct OfContact {
    id: i64,
    connection_id: i64,
    lid: Option<String>,
    phone: Option<String>,
    picture_version: Option<i64>,
    picture_asked_at: Option<i64>,
    picture_wa_id: Option<String>,
}

impl OfContact {
    /// Returns nothing for a person whom WhatsApp cannot be asked for.
    pub(super) fn into_picture(self) -> Option<Picture> {
        let lid = self.lid.map(|user| format!("{user}@lid"));
        let pn = self.phone.map(|user| format!("{user}@s.whatsapp.net"));
        Some(Picture {
            connection: ConnectionId(self.connection_id),
            of: PictureOf::Person(ContactId(self.id)),
            address: lid.or(pn)?,
            known: Known {
                version: self.picture_version.unwrap_or(0),
                asked_at: self.picture_asked_at.unwrap_or(0),
                wa_id: self.picture_wa_id,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec;

    #[test]
    fn a_picture_is_asked_for_after_a_week_and_its_absence_after_a_day() {
        let now = Utc::now();
        let is_due = |version: i64, days: i64| {
            let asked_at = codec::micros(now - TimeDelta::days(days));
            Picture {
                connection: ConnectionId(1),
                of: PictureOf::Group(ChatId(1)),
                address: "1@g.us".to_owned(),
                known: Known { version, asked_at, wa_id: None },
            }
            .is_due(now)
        };
        assert!(!is_due(9, 6) && is_due(9, 7));
        assert!(!is_due(0, 0) && is_due(0, 1));
    }
}
