//! What is known of the picture of a person, or of a group. It has a row once WhatsApp was asked for it.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "picture")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub connection_id: i64,
    /// The person; `None` for a group.
    pub contact_id: Option<i64>,
    /// The chat of the group; `None` for a person.
    pub chat_id: Option<i64>,
    /// The version of the stored picture: the time at which it was stored, which is part of its
    /// address. 0 if there is none.
    pub version: i64,
    /// The time of WhatsApp's last answer; 0 once WhatsApp has reported another picture.
    pub asked_at: i64,
    /// WhatsApp's id of the stored picture.
    pub wa_id: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::chat::Entity",
        from = "Column::ContactId",
        to = "super::chat::Column::ContactId"
    )]
    ChatWith,
    #[sea_orm(
        belongs_to = "super::chat::Entity",
        from = "Column::ChatId",
        to = "super::chat::Column::Id"
    )]
    Group,
    #[sea_orm(
        belongs_to = "super::contact::Entity",
        from = "Column::ContactId",
        to = "super::contact::Column::Id"
    )]
    Contact,
}

impl ActiveModelBehavior for ActiveModel {}
