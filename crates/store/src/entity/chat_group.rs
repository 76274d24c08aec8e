//! What is known of a group, beside its chat.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chat_group")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub chat_id: i64,
    pub connection_id: i64,
    pub subject: Option<String>,
    pub description: Option<String>,
    pub created_at: Option<i64>,
    /// The address of the person who created it.
    pub creator: Option<String>,
    /// True if only administrators write.
    pub announce: bool,
    /// True if only administrators change the data of the group.
    pub locked: bool,
    /// True if the group names its members by hidden identities.
    pub lid: bool,
    /// `model::Membership` of the number.
    pub membership: String,
    /// The members, the number included; 0 while they are not known.
    pub size: i64,
    /// The time at which WhatsApp answered what the group is; `None` until then.
    pub fetched_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::chat::Entity",
        from = "Column::ChatId",
        to = "super::chat::Column::Id"
    )]
    Chat,
}

impl ActiveModelBehavior for ActiveModel {}
