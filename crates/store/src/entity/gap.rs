//! A time in which a number was not connected, and what came in after it.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gap")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub connection_id: i64,
    /// When it was last known to be connected.
    pub from_at: i64,
    /// When WhatsApp had handed over everything that waited.
    pub to_at: i64,
    /// Messages that had waited, in conversations that were open to all who may read the number.
    pub recovered: i64,
    /// In those that were their owner's alone.
    pub recovered_private: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
