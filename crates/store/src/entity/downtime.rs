//! A time in which a number was not connected, and the counts of messages that arrived after it.

use sea_orm::entity::prelude::*;

use crate::codec;

/// The end of a downtime whose waiting messages WhatsApp has not delivered yet. Nobody sees it.
pub(crate) const OPEN: i64 = 0;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gap")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub connection_id: i64,
    /// The last time before it at which the number was known to be connected.
    pub from_at: i64,
    /// The time at which WhatsApp had delivered all waiting messages, or [`OPEN`].
    pub to_at: i64,
    /// The count of messages that had waited, in chats that were not private.
    pub recovered: i64,
    /// The count of those in private chats.
    pub recovered_private: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub(crate) fn is_open(&self) -> bool {
        self.to_at == OPEN
    }

    /// Returns the downtime as the owner of the number sees it (`own`), or as another user does,
    /// without the messages of private chats.
    pub(crate) fn into_model(self, own: bool) -> model::Downtime {
        let private = if own { self.recovered_private } else { 0 };
        model::Downtime {
            from: codec::time(self.from_at),
            to: codec::time(self.to_at),
            recovered: u32::try_from(self.recovered + private).unwrap_or(u32::MAX),
        }
    }
}
