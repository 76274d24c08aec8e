//! A call that rings. The row is deleted when it ends, and the content of its message says how it ended.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ringing_call")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: i64,
    pub connection_id: i64,
    /// WhatsApp's id of the call, which is that of its message.
    pub wa_id: String,
    /// The time at which it came here.
    pub since: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
