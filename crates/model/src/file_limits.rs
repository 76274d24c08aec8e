//! The limits of files that are sent from here, in bytes. WhatsApp refuses larger ones, or phones do
//! not show them.
//!
//! This is the only place for them: the page states them, the browser checks a file before a byte is
//! sent, and the server checks it again.

use crate::content::FileKind;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;
const GIB: u64 = 1024 * MIB;

/// A picture.
pub const IMAGE: u64 = 16 * MIB;
/// A video. A larger one is sent as a document.
pub const VIDEO: u64 = 64 * MIB;
/// A recording, or a voice note.
pub const AUDIO: u64 = 16 * MIB;
/// A sticker, still or moving. Phones do not show larger ones.
pub const STICKER: u64 = 500 * 1000;
/// The sides of a sticker, in pixels.
pub const STICKER_SIDE: u32 = 512;
/// A document; any file can be one.
pub const DOCUMENT: u64 = 2 * GIB;
/// The preview that a browser makes of a file, a small JPEG.
pub const PREVIEW: usize = 32 * 1024;
/// The part of a file that one request carries.
pub const CHUNK: u64 = 4 * MIB;

/// The number of files that are chosen at once.
pub const FILES: usize = 30;

/// The number of files of one user of which bytes are missing, in all browsers.
pub const OPEN: u64 = 200;
/// The lengths of these files together. They take room on the disk until they are complete or given up.
pub const OPEN_BYTES: u64 = 16 * GIB;

/// Returns the limit of files of a kind.
pub fn largest(kind: FileKind) -> u64 {
    match kind {
        FileKind::Image => IMAGE,
        FileKind::Sticker => STICKER,
        FileKind::Video => VIDEO,
        FileKind::Audio => AUDIO,
        FileKind::Document => DOCUMENT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_for_its_kind_can_be_a_document() {
        for kind in [FileKind::Image, FileKind::Video, FileKind::Audio, FileKind::Sticker] {
            assert!(largest(kind) < largest(FileKind::Document));
        }
        const { assert!(PREVIEW < crate::bounds::PREVIEW, "it is stored as previews of others are") };
    }
}
