//! An operation: a message or the change of one that WhatsApp has not confirmed, or a receipt
//! that is not sent.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub(crate) struct Model {
    /// The messages and changes of a chat go out in this order.
    #[sea_orm(primary_key)]
    pub id: i64,
    pub connection_id: i64,
    pub chat_id: i64,
    /// One of [`SENDING`], one of [`CHANGES`], or one of [`RECEIPTS`].
    pub kind: String,
    /// The message to send, the one that is changed, the newest of those that were read, or the one
    /// that was played.
    pub message_id: i64,
    /// The id of its stanza; empty for a receipt, which WhatsApp does not confirm.
    pub wa_id: String,
    /// The new text or the emoji; the seconds of a timer that is set, or of the one with which a message was
    /// sent last (`outbox::timers`); as JSON the options that a vote chooses, or WhatsApp's ids of the
    /// messages of a receipt; empty for other kinds.
    pub payload: String,
    /// The user who wanted it; `None` for receipts.
    pub author_id: Option<i64>,
    /// The operation that sends the message, which is confirmed first.
    pub depends_on: Option<i64>,
    /// The number of attempts that failed.
    pub attempts: i64,
    /// The time of the next attempt; `None` if it may go at once.
    pub next_attempt_at: Option<i64>,
    /// The time of the first attempt that may have reached WhatsApp. It is stored for changes that
    /// can come too late, which are sent again then whatever their age.
    pub first_sent_at: Option<i64>,
    /// The time of queueing; `None` for messages of versions that did not store it.
    pub queued_at: Option<i64>,
    /// The reason why a change is not tried again by itself, a `model::FailReason`. A message that
    /// failed has no row.
    pub failed: Option<String>,
}

/// The kind of an operation that sends a message.
pub(crate) const SEND: &str = "send";
/// The kind of an operation that uploads the file of a message to WhatsApp, and sends the message
/// afterwards.
pub(crate) const UPLOAD: &str = "upload";
/// The kind of an operation that sets the timer of its chat; its message is the notice about it.
pub(crate) const TIMER: &str = "timer";
/// The kind of an operation by which the number leaves a group; its message is the notice about it.
pub(crate) const LEAVE: &str = "leave";
/// The kinds of operations that send messages. A message has at most one of them.
pub(crate) const SENDING: [&str; 4] = [SEND, UPLOAD, TIMER, LEAVE];
/// The kinds of changes. Each is a `model::Change`, except a vote in a poll, which the card of the poll shows.
pub(crate) const EDIT: &str = "edit";
pub(crate) const REVOKE: &str = "revoke";
pub(crate) const REACT: &str = "react";
pub(crate) const VOTE: &str = "vote";
pub(crate) const CHANGES: [&str; 4] = [EDIT, REVOKE, REACT, VOTE];
/// The changes that are shown beside their message ([`crate::messages`]).
pub(crate) const SHOWN_CHANGES: [&str; 3] = [EDIT, REVOKE, REACT];
/// The kind of a read receipt; see `messages::reads`.
pub(crate) const READ: &str = "read";
/// The kind of a receipt for a voice note that was played.
pub(crate) const PLAYED: &str = "played";
pub(crate) const RECEIPTS: [&str; 2] = [READ, PLAYED];

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::message::Entity",
        from = "Column::MessageId",
        to = "super::message::Column::Id"
    )]
    Message,
    #[sea_orm(
        belongs_to = "super::chat::Entity",
        from = "Column::ChatId",
        to = "super::chat::Column::Id"
    )]
    Chat,
}

impl ActiveModelBehavior for ActiveModel {}
