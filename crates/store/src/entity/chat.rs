//! A conversation.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chat")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub connection_id: i64,
    /// The address it was first seen under; with the connection, its identity.
    pub jid: String,
    /// The address WhatsApp last used for it; answers go there.
    pub address: String,
    /// `None` for groups.
    pub contact_id: Option<i64>,
    /// The message with the highest position.
    pub last_message_id: Option<i64>,
    pub last_at: i64,
    /// The owner's mark; `NULL` follows the connection's `private_by_default`.
    pub private: Option<bool>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::contact::Entity",
        from = "Column::ContactId",
        to = "super::contact::Column::Id"
    )]
    Contact,
    #[sea_orm(
        belongs_to = "super::message::Entity",
        from = "Column::LastMessageId",
        to = "super::message::Column::Id"
    )]
    LastMessage,
}

impl ActiveModelBehavior for ActiveModel {}
