//! Opus in Ogg (RFC 3533 and 7845), as a stream of packets.
//!
//! Only a file with one stream is read, and its pages must follow each other without a gap.

use std::io::Read;

use ::ogg::OggReadError;
use ::ogg::reading::{BasePacketReader, PageParser};

use super::VoiceError;
use super::packet::{self, Head};

/// The beginning of each page.
pub(super) const MAGIC: [u8; 4] = *b"OggS";

/// Bytes of the header of a page, before the lengths of its segments.
const HEADER: usize = 27;
/// Bytes of the largest comments. Songs have their cover in them.
const LARGEST_TAGS: usize = 4 * 1024 * 1024;

pub(super) struct Ogg<R> {
    file: R,
    pages: BasePacketReader,
    head: Head,
    /// The number of the only stream.
    serial: Option<[u8; 4]>,
    /// Bytes of a packet that continues on the next page.
    unfinished: usize,
    /// Bytes of the largest packet now.
    largest: usize,
    /// Position of the end of the last packet, as its page states it.
    end: u64,
}

impl<R: Read> Ogg<R> {
    pub(super) fn open(file: R) -> Result<Self, VoiceError> {
        let mut ogg = Self {
            file,
            pages: BasePacketReader::new(),
            head: Head { channels: 1, pre_skip: 0, rate: 0 },
            serial: None,
            unfinished: 0,
            largest: packet::LARGEST,
            end: 0,
        };
        let head = ogg.next()?.ok_or(VoiceError::Broken)?;
        ogg.head = Head::read(&head).ok_or(VoiceError::NotOpus)?;
        ogg.largest = LARGEST_TAGS;
        let tags = ogg.next()?.ok_or(VoiceError::Broken)?;
        if !tags.starts_with(b"OpusTags") {
            return Err(VoiceError::Broken);
        }
        ogg.largest = packet::LARGEST;
        Ok(ogg)
    }

    pub(super) fn head(&self) -> Head {
        self.head
    }

    pub(super) fn end(&self) -> u64 {
        self.end
    }

    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, VoiceError> {
        loop {
            if let Some(packet) = self.pages.read_packet() {
                // The beginning of a packet can be on the page of the comments.
                if packet.data.len() > self.largest {
                    return Err(VoiceError::Broken);
                }
                self.end = packet.absgp_page();
                return Ok(Some(packet.data));
            }
            if !self.read_page()? {
                return Ok(None);
            }
        }
    }

    /// Reads a page; false at the end of the file.
    fn read_page(&mut self) -> Result<bool, VoiceError> {
        let mut header = [0; HEADER];
        if !super::read_or_end(&mut self.file, &mut header)? {
            return if self.unfinished == 0 { Ok(false) } else { Err(VoiceError::Broken) };
        }
        let serial = [header[14], header[15], header[16], header[17]];
        if !header.starts_with(&MAGIC) || *self.serial.get_or_insert(serial) != serial {
            return Err(VoiceError::Broken);
        }
        let (mut page, segments) = PageParser::new(header).map_err(broken)?;
        let mut lengths = vec![0; segments];
        self.file.read_exact(&mut lengths)?;
        for length in &lengths {
            self.unfinished += usize::from(*length);
            if self.unfinished > self.largest {
                return Err(VoiceError::Broken);
            }
            // A packet ends with a segment that is not full.
            if *length < u8::MAX {
                self.unfinished = 0;
            }
        }
        let mut content = vec![0; page.parse_segments(lengths)];
        self.file.read_exact(&mut content)?;
        let page = page.parse_packet_data(content).map_err(broken)?;
        self.pages.push_page(page).map_err(broken)?;
        Ok(true)
    }
}

fn broken(error: OggReadError) -> VoiceError {
    match error {
        OggReadError::ReadError(error) => error.into(),
        _ => VoiceError::Broken,
    }
}
