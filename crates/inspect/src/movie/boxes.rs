//! Boxes of ISO/IEC 14496-12 section 4.2.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

/// Boxes of the largest file. A fragmented video has two for each of its fragments.
pub(super) const MOST_BOXES: u32 = 65_536;

/// A box: its name, and where its content is.
#[derive(Clone, Copy)]
pub(super) struct Section {
    pub(super) name: [u8; 4],
    pub(super) begin: u64,
    pub(super) end: u64,
}

/// The file, and the number of boxes that may still be read.
pub(super) struct Reader<'a, R> {
    pub(super) file: &'a mut R,
    pub(super) boxes_left: u32,
}

impl<R: Read + Seek> Reader<'_, R> {
    /// Returns the boxes in a box. All must be complete, but players ignore what follows a complete
    /// file.
    pub(super) fn children(&mut self, parent: Section) -> io::Result<Vec<Section>> {
        let mut children = Vec::new();
        let mut at = parent.begin;
        while at < parent.end {
            // Apple ends some boxes with four zero bytes.
            if parent.end - at < 8 {
                break;
            }
            self.boxes_left = self.boxes_left.checked_sub(1).ok_or(ErrorKind::InvalidData)?;
            let header: [u8; 8] = self.bytes(at)?;
            let [a, b, c, d, name @ ..] = header;
            let (size, header_size) = match u32::from_be_bytes([a, b, c, d]) {
                0 => (parent.end - at, 8),
                1 => (u64::from_be_bytes(self.bytes(at + 8)?), 16),
                size => (u64::from(size), 8),
            };
            let end = at.checked_add(size).filter(|end| *end <= parent.end);
            let Some(end) = end.filter(|_| size >= header_size) else {
                let has = |name: &[u8; 4]| children.iter().any(|one: &Section| one.name == *name);
                if has(b"moov") && has(b"mdat") {
                    break;
                }
                return Err(ErrorKind::InvalidData.into());
            };
            children.push(Section { name, begin: at + header_size, end });
            at = end;
        }
        Ok(children)
    }

    pub(super) fn child(&mut self, parent: Section, name: &[u8; 4]) -> io::Result<Option<Section>> {
        Ok(self.children(parent)?.into_iter().find(|section| section.name == *name))
    }

    /// Returns `N` bytes of the file.
    pub(super) fn bytes<const N: usize>(&mut self, at: u64) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.file.seek(SeekFrom::Start(at))?;
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    pub(super) fn number(&mut self, at: u64) -> io::Result<u32> {
        Ok(u32::from_be_bytes(self.bytes(at)?))
    }

    /// Returns the version of a box that has one.
    pub(super) fn version(&mut self, section: Section) -> io::Result<u8> {
        let [version] = self.bytes(section.begin)?;
        Ok(version)
    }
}
