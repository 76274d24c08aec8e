//! An update of a message: an edit, a deletion, a reaction or a vote; or the content of a changed
//! message as it was sent.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "amendment")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub connection_id: i64,
    pub chat_id: i64,
    /// The contact who sent the update or the message, or `message::OURSELVES`.
    pub sender_id: i64,
    /// WhatsApp's id of the message, which may not be stored yet.
    pub target_wa_id: String,
    /// The kind of the `MessageUpdate`, `said` for the first content, or `replaced` for an own
    /// update that does not count any more; see `messages::update`.
    pub kind: String,
    /// The new text, the emoji, the vote in hexadecimal, or the first text; of a message that is kept, any
    /// words. Empty for a deletion, for a withdrawn reaction, and for a message that is not kept any more.
    pub value: String,
    /// The time at which WhatsApp's server took it. The latest update counts.
    pub at: i64,
    /// The kind of the message as it was sent, a `model::MessageKind`; set for `said`.
    pub said_kind: Option<String>,
    /// The content of the message as it was sent, as `message.content`; for `said`.
    pub said_content: Option<String>,
    /// The user who made it in this inbox.
    pub author_id: Option<i64>,
    /// The id of the stanza of an update that was made in this inbox.
    pub wa_id: Option<String>,
    /// The number of keys that did not open it; for a vote that waits.
    pub tried: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
