//! A message, in or out.

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
    /// The user who wrote it here.
    pub author_id: Option<i64>,
    /// `model::MessageKind`.
    pub kind: String,
    pub text: String,
    pub sent_at: i64,
    /// Its place in the chat; see `ingest::position`.
    pub position: i64,
    /// How far an outgoing one is; see `codec`.
    pub delivery: Option<String>,
    /// Incoming and not yet read by anybody.
    pub unread: bool,
}

/// What makes a message that one, in the order of the index that keeps it unique.
pub(crate) const IDENTITY: [Column; 4] =
    [Column::ConnectionId, Column::WaId, Column::ChatId, Column::SenderId];

/// Finds one message by its [`IDENTITY`].
pub(crate) fn is(connection: i64, wa_id: &str, chat: i64, sender: i64) -> Condition {
    Condition::all()
        .add(Column::ConnectionId.eq(connection))
        .add(Column::WaId.eq(wa_id))
        .add(Column::ChatId.eq(chat))
        .add(Column::SenderId.eq(sender))
}

/// Finds messages without their texts, which are long where somebody means harm: for whatever does not
/// show them.
pub(crate) fn head() -> Select<Entity> {
    without_text(Entity::find()).expr_as(Expr::cust("''"), "text")
}

/// Leaves the text out of what is read of messages.
pub(crate) fn without_text(select: Select<Entity>) -> Select<Entity> {
    let columns = Column::iter().filter(|column| !matches!(column, Column::Text));
    columns.fold(select.select_only(), |select, column| select.column(column))
}

/// The sender of what leaves through the number itself, from here or from its phone.
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
    #[sea_orm(has_one = "super::media::Entity")]
    Media,
}

impl Related<super::media::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Media.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
