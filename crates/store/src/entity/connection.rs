//! A WhatsApp number.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "connection")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub owner_id: i64,
    /// The owner once more, if this is the number they get without asking for one.
    pub default_of: Option<i64>,
    pub label: String,
    /// `model::NumberColor`; `NULL` until somebody chooses one.
    pub color: Option<String>,
    /// International digits of the only phone that may link it.
    pub expected_phone: Option<String>,
    /// Whether chats without a mark of their own are private.
    pub private_by_default: bool,
    /// Credentials exist.
    pub linked: bool,
    /// International digits.
    pub phone: Option<String>,
    pub jid: Option<String>,
    pub lid: Option<String>,
    pub push_name: Option<String>,
    /// How the last session ended: `model::EndReason` as JSON.
    pub last_end: Option<String>,
    pub created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
