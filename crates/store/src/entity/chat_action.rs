//! A change of the state of a chat, or the star of a message, that WhatsApp has not confirmed.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chat_action")]
pub(crate) struct Model {
    /// They go out in this order. One that replaces another has another id.
    #[sea_orm(primary_key)]
    pub id: i64,
    pub connection_id: i64,
    pub chat_id: i64,
    /// A `model::ChatAspect`. There is one of each for a chat, or for a message.
    pub aspect: String,
    /// The message of a star; `None` for others.
    pub message_id: Option<i64>,
    /// The new value; see `chats::state`.
    pub value: i64,
    /// The value that counts again if WhatsApp refuses the new one.
    pub before: i64,
    pub author_id: Option<i64>,
    /// The number of attempts that failed.
    pub attempts: i64,
    /// The time of the next attempt; `None` if it may go at once.
    pub next_attempt_at: Option<i64>,
    pub queued_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::chat::Entity",
        from = "Column::ChatId",
        to = "super::chat::Column::Id"
    )]
    Chat,
    #[sea_orm(
        belongs_to = "super::message::Entity",
        from = "Column::MessageId",
        to = "super::message::Column::Id"
    )]
    Message,
}

impl ActiveModelBehavior for ActiveModel {}
