//! Albums: pictures and videos that a person sends together. Each is a message of its own that names the album,
//! and a message without content announces the album before the first one (WhatsApp's `AlbumMessage`).

use model::WaMessageId;

/// The album of a picture or a video that is sent from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Album {
    /// The id of the message that announces it.
    pub wa_id: WaMessageId,
    /// Set for the file before which it is announced.
    pub announces: Option<AlbumSize>,
}

/// What an album has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlbumSize {
    pub images: u32,
    pub videos: u32,
}

impl Album {
    /// Reads the columns of `media`. An id that is none, which nobody here makes, is no album.
    pub(crate) fn of_columns(
        wa_id: Option<&str>,
        images: Option<i64>,
        videos: Option<i64>,
    ) -> Option<Self> {
        let count = |column: Option<i64>| column.and_then(|count| u32::try_from(count).ok());
        let announces = count(images).zip(count(videos));
        let announces = announces.map(|(images, videos)| AlbumSize { images, videos });
        Some(Self { wa_id: WaMessageId::parse(wa_id?).ok()?, announces })
    }
}
