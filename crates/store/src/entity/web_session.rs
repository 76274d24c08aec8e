//! A browser's login, as tower-sessions keeps it.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "web_session")]
pub(crate) struct Model {
    /// 22 characters of base64, what the cookie holds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The session's values as a JSON object.
    pub data: String,
    pub expires_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
