//! A sticker that a user keeps for the conversations of a number.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sticker_favourite")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub connection_id: i64,
    /// That of the file, so that the same sticker is kept once.
    #[sea_orm(primary_key, auto_increment = false)]
    pub file_hash: String,
    /// The message whose file it is. The user sees the favourite while they may read the message.
    pub message_id: i64,
    pub added_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::message::Entity",
        from = "Column::MessageId",
        to = "super::message::Column::Id"
    )]
    Message,
}

impl ActiveModelBehavior for ActiveModel {}
