//! Opus in WebM (RFC 8794 and 9559), as a stream of packets.
//!
//! A file is a tree of elements; each has an id, a size, and a content, which may be elements again.
//! The size can be unknown in elements that a recorder wrote live: they end where an element comes
//! that cannot be in them. Since ids have one place in the tree, it need not be followed: the
//! elements with packets in them are entered, and all others are skipped.

use std::io::{self, Read};

use super::VoiceError;
use super::packet::{self, Head};

/// The beginning of a file: the id of the header of EBML.
pub(super) const MAGIC: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

// Ids of elements, with the marker of their length.
const EBML: u32 = u32::from_be_bytes(MAGIC);
const SEGMENT: u32 = 0x1853_8067;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK_ENTRY: u32 = 0xae;
const TRACK_NUMBER: u32 = 0xd7;
const CODEC_ID: u32 = 0x86;
const CODEC_PRIVATE: u32 = 0x63a2;
const CONTENT_ENCODINGS: u32 = 0x6d80;
const CLUSTER: u32 = 0x1f43_b675;
const BLOCK_GROUP: u32 = 0xa0;
const BLOCK: u32 = 0xa1;
const SIMPLE_BLOCK: u32 = 0xa3;

/// Bytes of the longest field of a track that is read.
const LONGEST_FIELD: u64 = 255;
/// The bits in the flags of a block with more than one packet. No recorder of a browser writes such
/// blocks.
const LACING: u8 = 0x06;

pub(super) struct Webm<R> {
    elements: Elements<R>,
    head: Head,
    track: u64,
}

/// The description of a track.
#[derive(Default)]
struct Track {
    number: u64,
    is_opus: bool,
    /// True if the packets are compressed or encrypted once more.
    is_encoded: bool,
    private: Vec<u8>,
}

impl<R: Read> Webm<R> {
    pub(super) fn open(file: R) -> Result<Self, VoiceError> {
        let mut elements = Elements(file);
        let mut chosen: Option<Track> = None;
        let mut track = Track::default();
        while let Some((id, size)) = elements.next()? {
            match id {
                SEGMENT | TRACKS => {}
                CLUSTER => break,
                TRACK_ENTRY => choose(&mut chosen, std::mem::take(&mut track)),
                TRACK_NUMBER => track.number = elements.unsigned(size)?,
                CODEC_ID => track.is_opus = elements.field(size)? == b"A_OPUS",
                CODEC_PRIVATE if size.is_some_and(|size| size <= LONGEST_FIELD) => {
                    track.private = elements.field(size)?;
                }
                CONTENT_ENCODINGS => {
                    track.is_encoded = true;
                    elements.skip(size)?;
                }
                _ => elements.skip(size)?,
            }
        }
        choose(&mut chosen, track);
        let track = chosen.ok_or(VoiceError::NotOpus)?;
        let head = Head::read(&track.private).ok_or(VoiceError::NotOpus)?;
        Ok(Self { elements, head, track: track.number })
    }

    pub(super) fn head(&self) -> Head {
        self.head
    }

    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, VoiceError> {
        while let Some((id, size)) = self.elements.next()? {
            match id {
                SEGMENT | CLUSTER | BLOCK_GROUP => {}
                BLOCK | SIMPLE_BLOCK => {
                    if let Some(packet) = self.block(size)? {
                        return Ok(Some(packet));
                    }
                }
                _ => self.elements.skip(size)?,
            }
        }
        Ok(None)
    }

    /// Reads a block: the number of its track, its time in two bytes, flags, and the packet.
    /// `None` if it is of another track.
    fn block(&mut self, size: Option<u64>) -> Result<Option<Vec<u8>>, VoiceError> {
        let size = size.ok_or(VoiceError::Broken)?;
        let (track, read) = self.elements.number()?;
        let left = size.checked_sub(read).ok_or(VoiceError::Broken)?;
        if track != Some(self.track) {
            self.elements.skip(Some(left))?;
            return Ok(None);
        }
        let length = left.checked_sub(3).and_then(|length| usize::try_from(length).ok());
        let length = length.filter(|length| *length <= packet::LARGEST);
        let [_, _, flags] = self.elements.bytes()?;
        if flags & LACING != 0 {
            return Err(VoiceError::Broken);
        }
        let mut packet = vec![0; length.ok_or(VoiceError::Broken)?];
        self.elements.0.read_exact(&mut packet)?;
        Ok(Some(packet))
    }
}

/// Takes the first track of Opus that can be read.
fn choose(chosen: &mut Option<Track>, track: Track) {
    if track.is_opus && !track.is_encoded {
        chosen.get_or_insert(track);
    }
}

/// A stream of elements.
struct Elements<R>(R);

impl<R: Read> Elements<R> {
    /// Reads the id and the size of the next element, `None` at the end of the file. The size is
    /// `None` if it is unknown.
    fn next(&mut self) -> Result<Option<(u32, Option<u64>)>, VoiceError> {
        let mut first = [0];
        if !super::read_or_end(&mut self.0, &mut first)? {
            return Ok(None);
        }
        let [first] = first;
        // The leading zeros count the bytes that follow, at most three in an id.
        let following = first.leading_zeros();
        if following > 3 {
            return Err(VoiceError::Broken);
        }
        let mut id = u32::from(first);
        for _ in 0..following {
            let [byte] = self.bytes()?;
            id = id << 8 | u32::from(byte);
        }
        let (size, _) = self.number()?;
        // The header of a file can be skipped only.
        if id == EBML && size.is_none() {
            return Err(VoiceError::Broken);
        }
        Ok(Some((id, size)))
    }

    /// Reads a number of variable length, and returns it with its length in bytes. It is `None` if
    /// all its bits are ones, which is an unknown size.
    fn number(&mut self) -> Result<(Option<u64>, u64), VoiceError> {
        let [first] = self.bytes()?;
        let following = first.leading_zeros();
        if following > 7 {
            return Err(VoiceError::Broken);
        }
        let mut number = u64::from(first) & (0x7f >> following);
        for _ in 0..following {
            let [byte] = self.bytes()?;
            number = number << 8 | u64::from(byte);
        }
        let unknown = (1 << (7 * (following + 1))) - 1;
        Ok((Some(number).filter(|number| *number != unknown), u64::from(following) + 1))
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], VoiceError> {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads a short content.
    fn field(&mut self, size: Option<u64>) -> Result<Vec<u8>, VoiceError> {
        let size = size.filter(|size| *size <= LONGEST_FIELD).ok_or(VoiceError::Broken)?;
        let mut field = Vec::new();
        if self.0.by_ref().take(size).read_to_end(&mut field)? as u64 == size {
            Ok(field)
        } else {
            Err(VoiceError::Broken)
        }
    }

    fn unsigned(&mut self, size: Option<u64>) -> Result<u64, VoiceError> {
        if size.is_none_or(|size| size > 8) {
            return Err(VoiceError::Broken);
        }
        Ok(self.field(size)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn skip(&mut self, size: Option<u64>) -> Result<(), VoiceError> {
        let size = size.ok_or(VoiceError::Broken)?;
        if io::copy(&mut self.0.by_ref().take(size), &mut io::sink())? == size {
            Ok(())
        } else {
            Err(VoiceError::Broken)
        }
    }
}
