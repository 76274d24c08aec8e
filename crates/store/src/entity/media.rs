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
    /// Bytes, as the sender stated or as stored.
    pub size: i64,
    pub width: Option<i64>,
    pub height: Option<i64>,
    /// A small JPEG that came with the message, in hexadecimal.
    pub preview: Option<String>,
    /// The path of the file on WhatsApp's media hosts. It changes when the phone uploads it again.
    pub direct_path: String,
    /// In hexadecimal, like the two hashes.
    pub media_key: String,
    pub file_hash: String,
    pub sealed_hash: String,
    /// `model::MediaState`; see `codec`.
    pub state: String,
    pub tries: i64,
    /// The time of the next attempt; set while it is awaited.
    pub next_at: Option<i64>,
    /// The length of the stored file in bytes; `None` while it is not stored or not measured.
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
