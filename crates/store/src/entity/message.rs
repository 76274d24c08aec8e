//! A message, incoming or outgoing.

use sea_orm::{Condition, Iterable as _, QuerySelect as _, entity::prelude::*, sea_query::Expr};

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub connection_id: i64,
    pub chat_id: i64,
    /// The contact who wrote it, or [`OURSELVES`].
    pub sender_id: i64,
    pub wa_id: String,
    /// The user who wrote it, if it was written in this inbox.
    pub author_id: Option<i64>,
    /// `model::MessageKind`.
    pub kind: String,
    pub text: String,
    /// `model::MessageContent` in JSON; `None` if kind, text and file represent the content, and
    /// once the message was edited or deleted. See `messages::content`.
    pub content: Option<String>,
    pub sent_at: i64,
    /// The time at which WhatsApp took a message that was written here, if that is more than a
    /// second later than `sent_at`.
    pub taken_at: Option<i64>,
    /// Its position in the chat; see `messages::position`.
    pub position: i64,
    /// The delivery state of an outgoing message; see `codec`.
    pub delivery: Option<String>,
    /// True if it is incoming and no user has read it.
    pub unread: bool,
    /// The time of the edit that counts, another one for each edit; `None` if there is none, or the
    /// message was deleted. `text` is then the edited one; see `messages::projection`.
    pub edited_at: Option<i64>,
    /// `author` or `admin` of a group, if one of them deleted the message for everybody. Its kind
    /// is then `revoked`, and its text empty.
    pub revoked_by: Option<String>,
    /// WhatsApp's `forwarding_score`; 0 for an original.
    pub forwarded: i64,
    /// WhatsApp's id of the message that it answers; `None` if it answers none.
    pub quoted_wa_id: Option<String>,
    /// The contact who wrote the quoted message, or [`OURSELVES`]; `None` if it is unknown.
    pub quoted_sender_id: Option<i64>,
    /// `model::MessageKind` of the quoted message.
    pub quoted_kind: Option<String>,
    /// The beginning of its text, at most `bounds::EXCERPT` characters.
    pub quoted_text: Option<String>,
    /// The time at which it disappears; `None` if it stays. See `messages::timer`.
    pub expires_at: Option<i64>,
    /// The time at which it would disappear if nobody had kept it; see `messages::keeping`.
    pub kept_expires_at: Option<i64>,
    /// The addresses of the people whom the text mentions, in JSON; `None` if it mentions nobody. See
    /// `messages::mentions`.
    pub mentions: Option<String>,
    /// True if it mentions the number.
    pub mentions_us: bool,
    /// True if the number keeps it among its favourites.
    pub starred: bool,
}

impl Model {
    /// Returns true if no update has changed the content.
    pub(crate) fn is_as_said(&self) -> bool {
        self.edited_at.is_none() && self.revoked_by.is_none()
    }

    /// Returns the time from which the age of the message counts for its changes.
    pub(crate) fn changeable_since(&self) -> i64 {
        self.taken_at.unwrap_or(self.sent_at)
    }
}

/// The columns that identify a message, in the order of their unique index.
pub(crate) const IDENTITY: [Column; 4] =
    [Column::ConnectionId, Column::WaId, Column::ChatId, Column::SenderId];

/// The condition that selects one message by its [`IDENTITY`].
pub(crate) fn is(connection: i64, wa_id: &str, chat: i64, sender: i64) -> Condition {
    Condition::all()
        .add(Column::ConnectionId.eq(connection))
        .add(Column::WaId.eq(wa_id))
        .add(Column::ChatId.eq(chat))
        .add(Column::SenderId.eq(sender))
}

/// Selects messages with an empty text and without content, for code that does not show them. A
/// sender may make both long on purpose.
pub(crate) fn head() -> Select<Entity> {
    columns(Entity::find(), |column| !matches!(column, Column::Text | Column::Content))
        .expr_as(Expr::cust("''"), "text")
        .expr_as(Expr::cust("CAST(NULL AS TEXT)"), "content")
}

/// Selects all columns of messages but the text.
pub(crate) fn without_text(select: Select<Entity>) -> Select<Entity> {
    columns(select, |column| !matches!(column, Column::Text))
}

fn columns(select: Select<Entity>, is_read: fn(&Column) -> bool) -> Select<Entity> {
    let columns = Column::iter().filter(is_read);
    columns.fold(select.select_only(), |select, column| select.column(column))
}

/// The sender id of messages that the number itself sent, from this inbox or from its phone.
pub(crate) const OURSELVES: i64 = 0;

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::contact::Entity",
        from = "Column::SenderId",
        to = "super::contact::Column::Id"
    )]
    Sender,
    #[sea_orm(
        belongs_to = "super::user::Entity",
        from = "Column::AuthorId",
        to = "super::user::Column::Id"
    )]
    Author,
    #[sea_orm(
        belongs_to = "super::chat::Entity",
        from = "Column::ChatId",
        to = "super::chat::Column::Id"
    )]
    Chat,
    /// The chat whose last message it is.
    #[sea_orm(
        belongs_to = "super::chat::Entity",
        from = "Column::Id",
        to = "super::chat::Column::LastMessageId"
    )]
    LastOf,
}

impl ActiveModelBehavior for ActiveModel {}
