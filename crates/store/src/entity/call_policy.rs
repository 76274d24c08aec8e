//! A number that rejects calls by itself. Other numbers have no row.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "call_policy")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub connection_id: i64,
    /// The user who decided so last, in whose name callers are answered.
    pub set_by: i64,
    /// The text that callers get; empty if they get none.
    pub answer: String,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
