//! A person who logs in.

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
    /// Whether they may come in; people are never deleted, since messages name them.
    pub active: bool,
    pub created_at: i64,
    /// Waits for the person to use their invitation.
    pub invited: bool,
    pub last_seen_at: Option<i64>,
    /// `model::Language`.
    pub language: Option<String>,
    /// `model::Theme`.
    pub theme: Option<String>,
    /// `model::EnterKey`.
    pub enter_key: Option<String>,
    /// Since when something that others did to this account waits to be read.
    pub notice_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
