//! An entry of the audit log. Triggers refuse every change of a row.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub at: i64,
    pub actor_id: Option<i64>,
    /// The name of the user at that time; without an id `console`, `system` or `anonymous`.
    pub actor: String,
    /// `model::AuditAction`.
    pub action: String,
    pub connection_id: Option<i64>,
    pub connection_label: Option<String>,
    pub subject_id: Option<i64>,
    pub target: Option<String>,
    pub ip: Option<String>,
    /// A JSON object of texts.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
