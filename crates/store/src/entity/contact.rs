//! A person as one number knows them, under all their addresses.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub connection_id: i64,
    /// International digits, as WhatsApp writes them.
    pub phone: Option<String>,
    /// The digits of the hidden identity, without `@lid`.
    pub lid: Option<String>,
    /// The name in the phone's address book.
    pub saved_name: Option<String>,
    /// The name that the contact chose.
    pub push_name: Option<String>,
    /// The name of a business, as WhatsApp has verified it.
    pub business_name: Option<String>,
    /// True if the number has blocked it.
    pub blocked: bool,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
