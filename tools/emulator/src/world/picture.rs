//! The picture of an account or a group.

use std::io::Cursor;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use image::ImageFormat;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::media::{MediaStore, Uploader};

/// The family of pictures on the media servers.
const FAMILY: &str = "picture";

/// Width and height of a preview, in pixels.
const PREVIEW: u32 = 96;

/// The two sizes of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    /// `type="preview"`
    Preview,
    /// `type="image"`
    Full,
}

impl Size {
    /// Its `type`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Preview => "preview",
            Self::Full => "image",
        }
    }
}

/// A picture in both sizes, under the id by which clients know it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Picture {
    pub(crate) id: String,
    full: File,
    preview: File,
}

/// A picture in one size.
#[derive(Debug, Clone)]
struct File {
    bytes: Bytes,
    /// The path on the media servers. Those are empty after a restart.
    direct_path: Option<String>,
}

impl Picture {
    /// A picture as it was set. What is no picture is its own preview: the server stores it unread.
    pub(crate) fn new(id: u64, full: Vec<u8>) -> Self {
        let preview = preview_of(&full).unwrap_or_else(|| full.clone());
        Self { id: id.to_string(), full: File::new(full), preview: File::new(preview) }
    }

    pub(crate) fn bytes(&self, size: Size) -> &[u8] {
        match size {
            Size::Preview => &self.preview.bytes,
            Size::Full => &self.full.bytes,
        }
    }

    /// The path on the media servers, where the picture is uploaded if it is not there.
    pub(crate) fn direct_path(
        &mut self,
        size: Size,
        media: &MediaStore,
        owner: Uploader,
    ) -> Option<String> {
        let file = match size {
            Size::Preview => &mut self.preview,
            Size::Full => &mut self.full,
        };
        let uploaded = file.direct_path.take().filter(|path| media.find(path).is_some());
        file.direct_path = uploaded.or_else(|| media.put(FAMILY, file.bytes.clone(), owner));
        file.direct_path.clone()
    }
}

/// A small JPEG of a picture.
fn preview_of(full: &[u8]) -> Option<Vec<u8>> {
    let small = image::load_from_memory(full).ok()?.thumbnail(PREVIEW, PREVIEW).to_rgb8();
    let mut jpeg = Cursor::new(Vec::new());
    small.write_to(&mut jpeg, ImageFormat::Jpeg).ok()?;
    Some(jpeg.into_inner())
}

impl File {
    fn new(bytes: Vec<u8>) -> Self {
        Self { bytes: bytes.into(), direct_path: None }
    }
}

impl Serialize for File {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        BASE64_STANDARD.encode(&self.bytes).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map(Self::new).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(side: u32) -> Vec<u8> {
        let mut jpeg = Cursor::new(Vec::new());
        let picture = image::RgbImage::from_pixel(side, side, image::Rgb([200, 20, 20]));
        picture.write_to(&mut jpeg, ImageFormat::Jpeg).expect("encodes");
        jpeg.into_inner()
    }

    #[test]
    fn a_preview_is_small() {
        let picture = Picture::new(7, jpeg(320));
        let preview = image::load_from_memory(picture.bytes(Size::Preview)).expect("a JPEG");
        assert_eq!((preview.width(), preview.height()), (PREVIEW, PREVIEW));
        assert_eq!(picture.bytes(Size::Full), jpeg(320));
    }

    #[test]
    fn what_is_no_picture_is_stored_as_it_is() {
        let picture = Picture::new(7, vec![0xFF, 0xD8, 0xFF]);
        assert_eq!(picture.bytes(Size::Preview), [0xFF, 0xD8, 0xFF]);
    }

    #[test]
    fn a_picture_is_uploaded_once_and_again_after_a_restart() {
        let mut picture = Picture::new(7, jpeg(8));
        let owner = || Uploader { number: "551".to_owned(), device: 0 };
        let media = MediaStore::default();
        let path = picture.direct_path(Size::Full, &media, owner()).expect("a family");
        assert_eq!(picture.direct_path(Size::Full, &media, owner()), Some(path.clone()));
        assert_eq!(media.find(&path).expect("is there").bytes, jpeg(8));
        let restarted = MediaStore::default();
        let again = picture.direct_path(Size::Full, &restarted, owner()).expect("a family");
        assert!(restarted.find(&again).is_some());
    }
}
