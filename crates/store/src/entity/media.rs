//! The file of a message.

use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "media")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: i64,
    pub connection_id: i64,
    pub mime: String,
    pub name: Option<String>,
    /// Bytes.
    pub size: i64,
    pub width: Option<i64>,
    pub height: Option<i64>,
    /// A small JPEG that came with the message, in hexadecimal.
    pub preview: Option<String>,
    /// Where WhatsApp's media hosts have it; changes when the phone puts it there again.
    pub direct_path: String,
    /// In hexadecimal, like both hashes.
    pub media_key: String,
    pub file_hash: String,
    pub sealed_hash: String,
    /// `model::MediaState`; see `codec`.
    pub state: String,
    pub tries: i64,
    /// Until when it is not tried again; set while it is awaited.
    pub next_at: Option<i64>,
    /// What it takes on the disk, in bytes; `None` while it is not there, or was not measured yet.
    pub stored_bytes: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(
        belongs_to = "super::message::Entity",
        from = "Column::MessageId",
        to = "super::message::Column::Id"
    )]
    Message,
}

impl Related<super::message::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Message.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
