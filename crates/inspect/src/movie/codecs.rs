//! The codecs of tracks, as their descriptions of samples state them.

use std::io::{self, Read, Seek};

use super::boxes::{Reader, Section};

impl<R: Read + Seek> Reader<'_, R> {
    /// Returns the description of a track's first samples: the codec in its name.
    fn description(&mut self, media: Section) -> io::Result<Option<Section>> {
        let mut section = media;
        for name in [b"minf", b"stbl", b"stsd"] {
            match self.child(section, name)? {
                Some(child) => section = child,
                None => return Ok(None),
            }
        }
        // Version, flags, and the number of descriptions.
        let list = Section { begin: (section.begin + 8).min(section.end), ..section };
        Ok(self.children(list)?.into_iter().next())
    }

    /// Returns true for H.264 in one of the profiles of 8 bits and 4:2:0, which all phones decode:
    /// Baseline, Main, Extended and High.
    pub(super) fn is_h264(&mut self, media: Section) -> io::Result<bool> {
        let Some(codec) = self.description(media)? else { return Ok(false) };
        if !matches!(&codec.name, b"avc1" | b"avc3") {
            return Ok(false);
        }
        let inner = Section { begin: (codec.begin + 78).min(codec.end), ..codec };
        let Some(settings) = self.child(inner, b"avcC")? else { return Ok(false) };
        let [_version, profile] = self.bytes(settings.begin)?;
        Ok(matches!(profile, 66 | 77 | 88 | 100))
    }

    /// Returns true for AAC of MPEG-4 or MPEG-2.
    pub(super) fn is_aac(&mut self, media: Section) -> io::Result<bool> {
        let Some(codec) = self.description(media)? else { return Ok(false) };
        if codec.name != *b"mp4a" {
            return Ok(false);
        }
        // QuickTime has two longer versions of this description.
        let fixed = match u16::from_be_bytes(self.bytes(codec.begin + 8)?) {
            0 => 28,
            1 => 44,
            _ => 64,
        };
        let inner = Section { begin: (codec.begin + fixed).min(codec.end), ..codec };
        let Some(settings) = self.child(inner, b"esds")? else { return Ok(false) };
        let object = self.object_type(settings)?;
        Ok(matches!(object, Some(0x40 | 0x66..=0x68)))
    }

    /// Returns the object type of an elementary stream (ISO/IEC 14496-1 section 7.2.6): the first
    /// byte of its decoder configuration.
    fn object_type(&mut self, settings: Section) -> io::Result<Option<u8>> {
        let mut at = settings.begin + 4;
        if self.descriptor(&mut at, settings.end)? != Some(3) {
            return Ok(None);
        }
        let [_, _, flags]: [u8; 3] = self.bytes(at)?;
        at += 3 + if flags & 0x80 == 0 { 0 } else { 2 };
        if flags & 0x40 != 0 {
            let [length] = self.bytes(at)?;
            at += 1 + u64::from(length);
        }
        at += if flags & 0x20 == 0 { 0 } else { 2 };
        if self.descriptor(&mut at, settings.end)? != Some(4) {
            return Ok(None);
        }
        let [object] = self.bytes(at)?;
        Ok(Some(object))
    }

    /// Reads the tag and the length of a descriptor, and moves `at` to its content.
    fn descriptor(&mut self, at: &mut u64, end: u64) -> io::Result<Option<u8>> {
        let [tag] = self.bytes(*at)?;
        *at += 1;
        for _ in 0..4 {
            let [byte] = self.bytes(*at)?;
            *at += 1;
            if byte & 0x80 == 0 {
                return Ok(Some(tag).filter(|_| *at < end));
            }
        }
        Ok(None)
    }
}
