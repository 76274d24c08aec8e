//! A change of a row. The row is read anew for each reader, so the event holds ids only.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "live_event")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    /// Always set, except for `access`, where only a change of private chats of a number has it.
    pub connection_id: Option<i64>,
    /// Always set, except for `access`.
    pub chat_id: Option<i64>,
    /// Set for `message`.
    pub message_id: Option<i64>,
    /// `message`, `chat`, `gone` or `resync`, see `live::change`; or `access`, see `live::access`.
    pub kind: String,
    pub created_at: i64,
    /// The user whose access changed, if it is one user. An `access` event with neither user nor
    /// number is about all users.
    pub user_id: Option<i64>,
    /// The message of a `gone` event, whose row is deleted.
    pub gone_id: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
