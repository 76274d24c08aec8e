//! A browser's login, as tower-sessions keeps it.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "web_session")]
pub(crate) struct Model {
    /// 64 hexadecimal digits, the SHA-256 of the cookie's value.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The session's values as a JSON object.
    pub data: String,
    pub expires_at: i64,
    /// The user, once a user has logged in with it.
    pub user_id: Option<i64>,
    pub created_at: i64,
    pub last_seen_at: i64,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
