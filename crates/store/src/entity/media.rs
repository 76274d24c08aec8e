//! The file of a message. The picture of a link's preview is that of a refused file.

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
    /// It is empty for a file that WhatsApp does not have, like the hash of the encrypted file.
    pub direct_path: String,
    /// In hexadecimal, like the two hashes; empty before the first attempt to upload the file.
    pub media_key: String,
    /// Empty while a browser sends the file.
    pub file_hash: String,
    pub sealed_hash: String,
    /// `model::MediaState`; see `codec`.
    pub state: String,
    pub tries: i64,
    /// The time of the next attempt; set while it is awaited.
    pub next_at: Option<i64>,
    /// The length of the stored file in bytes, or of the one it is to be a copy of; `None` while it is not
    /// stored or not measured.
    pub stored_bytes: Option<i64>,
    /// The length of a recording or a video in seconds, as the sender stated.
    pub seconds: Option<i64>,
    /// True for a voice note.
    pub voice: bool,
    /// The waveform of a voice note in hexadecimal; `None` if it is unknown.
    pub waveform: Option<String>,
    /// The time at which this number uploaded the file to WhatsApp; `None` if it has not.
    pub uploaded_at: Option<i64>,
    /// True for a received voice note that was played, here or on the own phone.
    pub played: bool,
    /// True for a file that its recipient may open once (`messages::view_once`).
    pub view_once: bool,
    /// True for a sticker that moves.
    pub animated: bool,
    /// The count of the pages of a document; `None` if it is unknown.
    pub page_count: Option<i64>,
    /// The table by which phones play a sound or a video of ours while they download it, in hexadecimal. It
    /// belongs to the media key.
    pub streaming_sidecar: Option<String>,
    /// WhatsApp's id of the message that announces the album of a picture or a video ([`crate::Album`]).
    pub album: Option<String>,
    /// The pictures that this album has; set for the file of ours before which it is announced.
    pub album_images: Option<i64>,
    /// Its videos.
    pub album_videos: Option<i64>,
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
