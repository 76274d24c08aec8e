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

/// Returns the SHA-256 of that picture, in hex.
pub(super) fn sha256(caption: &str) -> String {
    hex::encode(Sha256::digest(picture(caption)))
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
    /// Counts a file that is there, by its caption and its SHA-256.
    pub(super) fn add(&mut self, caption: &str, found: &str) {
        self.there += 1;
        self.wrong += usize::from(found != sha256(caption));
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
        let mut files = Files { sent: 2, ..Files::default() };
        files.add("um", &sha256("um"));
        assert!(!files.is_good(), "one is missing");
        files.add("dois", &sha256("dois"));
        assert!(files.is_good());
        files.sent += 1;
        files.add("três", &sha256("um"));
        assert_eq!(files, Files { sent: 3, there: 3, wrong: 1 });
        assert!(!files.is_good(), "one is another file");
    }
}
