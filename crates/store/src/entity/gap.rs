//! A time in which a number was not connected, and what came in after it.

use sea_orm::entity::prelude::*;

use crate::codec;

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

impl Model {
    /// As its number's owner sees it, or somebody else.
    pub(crate) fn into_model(self, own: bool) -> model::Gap {
        let private = if own { self.recovered_private } else { 0 };
        model::Gap {
            from: codec::time(self.from_at),
            to: codec::time(self.to_at),
            recovered: u32::try_from(self.recovered + private).unwrap_or(u32::MAX),
        }
    }
}
