//! That something changed; what it is now is read from its rows.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "live_event")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    /// Set but for `access`, where only a change of what is private on one number has it.
    pub connection_id: Option<i64>,
    /// Set but for `access`.
    pub chat_id: Option<i64>,
    /// Set for `message`.
    pub message_id: Option<i64>,
    /// `message`, `chat` or `resync`, see `live::change`; or `access`, see `live::access`.
    pub kind: String,
    pub created_at: i64,
    /// Whose access changed, where it is one user's; `access` with neither user nor number is everybody's.
    pub user_id: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
