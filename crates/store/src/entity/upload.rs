//! A file of which this server does not have all bytes: its author's browser is sending them.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: i64,
    pub connection_id: i64,
    /// The author of the message, whose browser alone sends the file.
    pub user_id: i64,
    pub begun_at: i64,
    /// The time at which bytes came last, to the minute. It is 0 once the message has failed, so that
    /// the incomplete file goes with the next round (`uploads::expire`).
    pub touched_at: i64,
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
