//! What contacts see of the people who work with a number. A number without a row hides nothing.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "number_visibility")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub connection_id: i64,
    /// Receipts of reading and playing go to the own phone alone.
    pub hides_reading: bool,
    /// It is never online, and shows nobody typing.
    pub hides_online: bool,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
