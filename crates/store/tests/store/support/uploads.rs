//! Files that are sent from a browser.

use model::content::FileKind;
use store::{MediaSource, NewUpload, UploadedFile};

/// Returns a photo of nine bytes as a browser describes it. Its caption is `name`.
pub(crate) fn photo(name: &str) -> NewUpload {
    NewUpload {
        kind: FileKind::Image,
        caption: name.to_owned(),
        mime: "image/jpeg".to_owned(),
        name: Some("foto.jpg".to_owned()),
        size: 9,
        shape: Some((4, 3)),
        seconds: None,
        voice: None,
        preview: Some(vec![0, 255]),
        reply_to: None,
        view_once: false,
        album: None,
    }
}

/// Returns the same photo as the server finds it; each `content` is another file.
pub(crate) fn complete(content: u8) -> UploadedFile {
    UploadedFile {
        kind: FileKind::Image,
        mime: "image/png".to_owned(),
        size: 8,
        shape: Some((8, 6)),
        seconds: None,
        voice: None,
        preview: Some(vec![1, 2, 3]),
        animated: false,
        pages: None,
        file_hash: [content; 32],
    }
}

/// Returns the place at WhatsApp of the file with this `content`, and its key.
pub(crate) fn source(content: u8) -> MediaSource {
    MediaSource {
        direct_path: format!("/v/{content}"),
        media_key: vec![7; 32],
        file_hash: vec![content; 32],
        sealed_hash: vec![9; 32],
    }
}
