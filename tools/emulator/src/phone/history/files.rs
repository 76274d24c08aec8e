//! The files of made-up messages: one picture and one document, which all of them share.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use waproto::whatsapp as wa;

use crate::phone::{MediaKind, NewMedia};

const WIDTH: u32 = 160;
const HEIGHT: u32 = 120;

/// The smallest PDF that programs open: one empty page.
const PDF: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
    2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n\
    trailer<</Root 1 0 R>>\n%%EOF\n";

/// Messages with the files after their upload; empty before.
#[derive(Debug, Clone, Default)]
pub struct HistoryFiles {
    image: wa::Message,
    document: wa::Message,
}

impl HistoryFiles {
    /// The files to upload, which [`HistoryFiles::new`] takes as messages in the same order.
    pub fn to_upload() -> [NewMedia; 2] {
        let image = NewMedia {
            width: Some(WIDTH),
            height: Some(HEIGHT),
            thumbnail: Some(picture(WIDTH / 10, HEIGHT / 10)),
            ..NewMedia::new(MediaKind::Image, "image/jpeg", picture(WIDTH, HEIGHT))
        };
        let document = NewMedia {
            page_count: Some(1),
            ..NewMedia::new(MediaKind::Document, "application/pdf", PDF)
        };
        [image, document]
    }

    pub fn new([image, document]: [wa::Message; 2]) -> Self {
        Self { image, document }
    }

    /// A message with the picture.
    pub(super) fn image(&self, caption: String) -> wa::Message {
        let mut message = self.image.clone();
        if let Some(image) = message.image_message.as_option_mut() {
            image.caption = Some(caption);
        }
        message
    }

    /// A message with the document.
    pub(super) fn document(&self, name: String) -> wa::Message {
        let mut message = self.document.clone();
        if let Some(document) = message.document_message.as_option_mut() {
            document.title = Some(name.clone());
            document.file_name = Some(name);
        }
        message
    }
}

/// A picture of blue that gets lighter.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let shade = |at: u32, of: u32| u8::try_from(at * 255 / of.max(1)).unwrap_or(u8::MAX);
    let picture =
        RgbImage::from_fn(width, height, |x, y| Rgb([shade(x, width), shade(y, height), 200]));
    let mut jpeg = Cursor::new(Vec::new());
    // Nothing can fail in memory; without its picture the message would be the same.
    let _ = picture.write_to(&mut jpeg, ImageFormat::Jpeg);
    jpeg.into_inner()
}
