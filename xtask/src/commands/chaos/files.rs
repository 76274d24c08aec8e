//! The files of a run, and their counts.

use std::{fmt, ops::AddAssign};

use sha2::{Digest as _, Sha256};

/// Bytes of the comment in a picture, which makes its file unique to a message and large enough to be
/// sent in several requests.
const COMMENT: u16 = 12_000;

/// The rest of a JPEG: a grey square of 8 pixels.
const SQUARE: &[u8] =
    b"\xff\xdb\0C\0\x08>>I>IUUUUUUd]dhhhdddddhhppp\x83\x83\x83ppphhpp||\x83\x83\x8f\x93\x8f\
    \x87\x87\x83\x87\x93\x93\x9b\x9b\x9b\xba\xba\xb2\xb2\xd9\xd9\xe0\xff\xff\xff\xff\xc4\0J\
    \0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\x01\0\
    \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x11\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xc0\0\x11\x08\
    \0\x08\0\x08\x03\x01\x12\0\x02\x12\0\x03\x12\0\xff\xda\0\x0c\x03\x01\0\x02\x11\x03\x11\0\
    ?\0\0\x0f\xff\xd9";

/// Returns the picture of the message with this caption.
pub(super) fn picture(caption: &str) -> Vec<u8> {
    let mut picture = vec![0xff, 0xd8, 0xff, 0xfe];
    // The length of a segment includes itself.
    picture.extend((COMMENT + 2).to_be_bytes());
    picture.extend(caption.bytes().cycle().take(COMMENT.into()));
    picture.extend(SQUARE);
    picture
}

/// The bitstream of a transparent pixel (WebP Lossless, RFC 9649).
const PIXEL: &[u8] = b"\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07";

/// Returns a sticker of one pixel: a WebP with `text` in its metadata, which makes it different from
/// all others.
pub(super) fn sticker(text: &str) -> Vec<u8> {
    fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap_or(u32::MAX).to_le_bytes();
        let padding: &[u8] = if content.len() % 2 == 1 { &[0] } else { &[] };
        [&name[..], &length[..], content, padding].concat()
    }
    // Its features are transparency and metadata, and both sides are one less than they are.
    let header = [0x10 | 0x04, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let chunks = [chunk(b"VP8X", &header), chunk(b"VP8L", PIXEL), chunk(b"XMP ", text.as_bytes())];
    chunk(b"RIFF", &[&b"WEBP"[..], &chunks.concat()[..]].concat())
}

/// Returns the SHA-256 of a file, in hex.
pub(super) fn sha256(file: &[u8]) -> String {
    hex::encode(Sha256::digest(file))
}

/// The counts of the files of one direction on one side.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Files {
    pub(super) sent: usize,
    pub(super) there: usize,
    /// Those of them that differ from the sent ones.
    pub(super) wrong: usize,
}

impl Files {
    /// Counts a file that is there, by the SHA-256 of the sent one, if one was sent, and its own.
    pub(super) fn add(&mut self, sent: Option<&str>, found: &str) {
        self.there += 1;
        self.wrong += usize::from(sent != Some(found));
    }

    pub(super) fn is_good(self) -> bool {
        self.sent == self.there && self.wrong == 0
    }
}

impl AddAssign for Files {
    fn add_assign(&mut self, other: Self) {
        self.sent += other.sent;
        self.there += other.there;
        self.wrong += other.wrong;
    }
}

impl fmt::Display for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, there, wrong } = self;
        write!(f, "{there} of {sent}, {wrong} of them not as they were sent")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caption_has_a_picture_of_its_own_and_another_one_is_noticed() {
        assert_eq!(picture("um").len(), 6 + usize::from(COMMENT) + SQUARE.len());
        assert!(picture("um").ends_with(b"\xff\xd9"));
        let [one, two] = ["um", "dois"].map(|caption| sha256(&picture(caption)));
        let mut files = Files { sent: 2, ..Files::default() };
        files.add(Some(&one), &one);
        assert!(!files.is_good(), "one is missing");
        files.add(Some(&two), &two);
        assert!(files.is_good());
        files.sent += 1;
        files.add(Some(&two), &one);
        assert_eq!(files, Files { sent: 3, there: 3, wrong: 1 });
        assert!(!files.is_good(), "one is another file");
        files.add(None, &one);
        assert_eq!(files.wrong, 2, "nobody sent it");
    }

    #[test]
    fn a_sticker_is_a_webp_of_its_own() {
        let sticker = sticker("um");
        assert_eq!((&sticker[..4], &sticker[8..16]), (&b"RIFF"[..], &b"WEBPVP8X"[..]));
        let length = u32::from_le_bytes(sticker[4..8].try_into().expect("four bytes"));
        assert_eq!(length as usize, sticker.len() - 8);
        assert_ne!(sticker, super::sticker("dois"));
    }
}
