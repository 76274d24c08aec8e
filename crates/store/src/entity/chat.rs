//! A chat of a number with a contact or a group.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chat")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub connection_id: i64,
    /// The first known address of the chat. It identifies the chat together with the connection.
    pub jid: String,
    /// The address that WhatsApp used last. Messages are sent to it.
    pub address: String,
    /// `None` for groups.
    pub contact_id: Option<i64>,
    /// The message with the highest position.
    pub last_message_id: Option<i64>,
    pub last_at: i64,
    /// The owner's mark; `NULL` follows the connection's `private_by_default`.
    pub private: Option<bool>,
    /// The seconds after which new messages disappear; 0 if they stay. See `messages::timer`.
    pub timer_seconds: i64,
    /// The time at which the timer was set or turned off; `None` if it never was.
    pub timer_at: Option<i64>,
    /// True for a group that is seen only by those to whom it was given (`group_access`).
    pub restricted: bool,
    pub archived: bool,
    /// True if it is in no list until its next message: it was deleted, or its phone has said something about
    /// it and there was no message yet.
    pub unlisted: bool,
    pub pinned_at: Option<i64>,
    /// [`EVER`] for a mute without an end; `None` if it is not muted.
    pub muted_until: Option<i64>,
    /// True if somebody marked it as unread.
    pub marked_unread: bool,
    /// The position of the last message that was cleared, here or on the phone. It and those before it are
    /// not shown in the chat.
    pub cleared_position: Option<i64>,
    /// What WhatsApp refused last: a `model::ChatAspect`, until somebody has read that.
    pub refused: Option<String>,
}

/// The end of a mute without an end.
pub(crate) const EVER: i64 = i64::MAX;

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::contact::Entity",
        from = "Column::ContactId",
        to = "super::contact::Column::Id"
    )]
    Contact,
    #[sea_orm(
        belongs_to = "super::chat_group::Entity",
        from = "Column::Id",
        to = "super::chat_group::Column::ChatId"
    )]
    Group,
}

impl ActiveModelBehavior for ActiveModel {}
