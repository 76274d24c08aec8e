//! What changes a message after it was said. The message itself stays as it was.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "amendment")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub connection_id: i64,
    pub chat_id: i64,
    /// The contact who amends, or `message::OURSELVES`.
    pub sender_id: i64,
    /// WhatsApp's id of the message, which may not be here yet.
    pub target_wa_id: String,
    /// `ingest::Amendment`.
    pub kind: String,
    /// The new text, the emoji, or the vote in hexadecimal; empty for a deletion and for a reaction that was
    /// taken back.
    pub value: String,
    /// When WhatsApp's server took it. The latest counts.
    pub at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
