//! A file that is to be copied, for a message that is forwarded. The row is deleted once it is
//! ([`crate::copies`]).

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "media_copy")]
pub(crate) struct Model {
    /// The message that gets the copy.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: i64,
    /// The number and the message whose file is copied. Their rows may be gone.
    pub from_connection_id: i64,
    pub from_message_id: i64,
    /// The time at which the message was forwarded.
    pub since: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::media::Entity",
        from = "Column::MessageId",
        to = "super::media::Column::MessageId"
    )]
    Media,
}

impl ActiveModelBehavior for ActiveModel {}
