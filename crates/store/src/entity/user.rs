//! A user: a person who logs in.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub name: String,
    /// Lower case.
    pub email: String,
    /// PHC string, argon2id; empty until an invitation was used.
    pub password_hash: String,
    /// `model::Role`.
    pub role: String,
    /// False if the user is deactivated. Users are never deleted, since messages name them.
    pub active: bool,
    pub created_at: i64,
    /// True until the user has used their invitation.
    pub invited: bool,
    pub last_seen_at: Option<i64>,
    /// `model::Language`.
    pub language: Option<String>,
    /// `model::Theme`.
    pub theme: Option<String>,
    /// `model::EnterKey`.
    pub enter_key: Option<String>,
    /// The time of a change to this account by others; `None` once the user has read it.
    pub notice_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
