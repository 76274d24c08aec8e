//! Sounds without a container: MP3 (ISO/IEC 11172-3 and 13818-3, layer III) and AAC in ADTS
//! (ISO/IEC 13818-7).
//!
//! Both are frames one after the other, each with a header with its length. The duration of a file
//! is in no header: it is the sum of all frames, so that it is exact for any bit rate.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

/// Bytes of the largest file whose frames are counted: more than phones take as a sound.
const LARGEST: u64 = 64 * 1024 * 1024;
/// Bytes in front of the first frame, after tags: some programs write zeros there.
const MOST_JUNK: usize = 4_096;
/// Tags in front of the first frame.
const MOST_TAGS: usize = 4;
/// Bytes after the last frame: tags of other kinds than ID3v2.
const LONGEST_TAIL: u64 = 128 * 1024;
/// Bytes of the longer header: that of ADTS.
const HEADER: usize = 7;

/// Kilobits a second of MPEG-1 and of MPEG-2 and 2.5, by the index in the header. Frames of free
/// bit rates are not read.
const RATES_1: [u32; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const RATES_2: [u32; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
/// Samples a second in ADTS, by the index in the header.
const SAMPLE_RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Codec {
    Mp3,
    Aac,
}

/// A file of frames.
#[derive(Debug, PartialEq)]
pub(crate) struct Frames {
    pub(crate) codec: Codec,
    /// `None` if there is something else between the frames, or if the file is too large.
    pub(crate) seconds: Option<u32>,
}

#[derive(Clone, Copy, PartialEq)]
struct Frame {
    codec: Codec,
    /// Bytes with the header.
    length: u32,
    samples: u32,
    /// Samples a second.
    rate: u32,
}

/// Reads a file of frames.
///
/// # Errors
///
/// [`ErrorKind::InvalidData`] or [`ErrorKind::UnexpectedEof`] if there are no two frames.
pub(crate) fn read(file: &mut (impl Read + Seek)) -> io::Result<Frames> {
    let length = file.seek(SeekFrom::End(0))?;
    let begin = after_tags(file)?;
    let (mut at, first) = first_frame(file, begin, length)?.ok_or(ErrorKind::InvalidData)?;
    let mut samples = 0;
    file.seek(SeekFrom::Start(at))?;
    while at < length.min(LARGEST) {
        let Some(frame) = next_frame(file, length - at)?.filter(|one| one.is_like(first)) else {
            break;
        };
        file.seek_relative(i64::from(frame.length) - HEADER as i64)?;
        at += u64::from(frame.length);
        samples += u64::from(frame.samples);
    }
    let is_whole = length <= LARGEST && length.saturating_sub(at) <= LONGEST_TAIL;
    let rate = u64::from(first.rate);
    let seconds = u32::try_from(((samples + rate / 2) / rate).max(1)).ok();
    Ok(Frames { codec: first.codec, seconds: seconds.filter(|_| is_whole) })
}

/// Returns where the tags ID3v2 end.
fn after_tags(file: &mut (impl Read + Seek)) -> io::Result<u64> {
    let mut at = 0;
    for _ in 0..MOST_TAGS {
        let mut header = [0; 10];
        file.seek(SeekFrom::Start(at))?;
        match file.read_exact(&mut header) {
            Err(error) if error.kind() != ErrorKind::UnexpectedEof => return Err(error),
            Ok(()) if header.starts_with(b"ID3") => {}
            _ => break,
        }
        // Seven bits in each byte.
        let size = header[6..].iter().fold(0, |size, byte| size << 7 | u64::from(byte & 0x7f));
        let footer = if header[5] & 0x10 == 0 { 0 } else { 10 };
        at += 10 + size + footer;
    }
    Ok(at)
}

/// Returns the first frame that another one, or the end of the file, follows.
fn first_frame(
    file: &mut (impl Read + Seek),
    begin: u64,
    length: u64,
) -> io::Result<Option<(u64, Frame)>> {
    let mut window = Vec::with_capacity(MOST_JUNK + HEADER);
    file.seek(SeekFrom::Start(begin))?;
    file.by_ref().take((MOST_JUNK + HEADER) as u64).read_to_end(&mut window)?;
    for (at, header) in (begin..).zip(window.windows(HEADER)) {
        let Some(frame) = header.first_chunk().and_then(Frame::of) else { continue };
        let end = at + u64::from(frame.length);
        if end == length {
            return Ok(Some((at, frame)));
        }
        file.seek(SeekFrom::Start(end))?;
        let next = next_frame(file, length.saturating_sub(end))?;
        if next.is_some_and(|next| next.is_like(frame)) {
            return Ok(Some((at, frame)));
        }
    }
    Ok(None)
}

/// Reads a header; `None` if there is none. Moves by [`HEADER`] bytes if there is one.
fn next_frame(file: &mut impl Read, left: u64) -> io::Result<Option<Frame>> {
    if left < HEADER as u64 {
        return Ok(None);
    }
    let mut header = [0; HEADER];
    file.read_exact(&mut header)?;
    Ok(Frame::of(&header))
}

impl Frame {
    /// Reads a header. Its first twelve bits are ones, or eleven in MPEG-2.5.
    fn of(header: &[u8; HEADER]) -> Option<Self> {
        let [0xff, second, ..] = *header else { return None };
        match second & 0b110 {
            0b010 => Self::mp3(header),
            0b000 if second & 0xf0 == 0xf0 => Self::adts(header),
            _ => None,
        }
    }

    fn mp3(header: &[u8; HEADER]) -> Option<Self> {
        let [_, second, third, ..] = *header;
        let (rates, divisor, is_first) = match second >> 3 {
            0b11111 => (RATES_1, 1, true),
            0b11110 => (RATES_2, 2, false),
            0b11100 => (RATES_2, 4, false),
            _ => return None,
        };
        let bits = rates.get(usize::from(third >> 4)).filter(|rate| **rate > 0)? * 1_000;
        let rate = [44_100, 48_000, 32_000].get(usize::from(third >> 2 & 3))? / divisor;
        let samples = if is_first { 1_152 } else { 576 };
        let length = samples / 8 * bits / rate + u32::from(third >> 1 & 1);
        Some(Self { codec: Codec::Mp3, length, samples, rate })
    }

    fn adts(header: &[u8; HEADER]) -> Option<Self> {
        let [_, _, third, fourth, fifth, sixth, seventh] = *header;
        let rate = *SAMPLE_RATES.get(usize::from(third >> 2 & 0xf))?;
        let length = u32::from(fourth & 3) << 11 | u32::from(fifth) << 3 | u32::from(sixth >> 5);
        let blocks = u32::from(seventh & 3) + 1;
        let frame = Self { codec: Codec::Aac, length, samples: 1_024 * blocks, rate };
        Some(frame).filter(|_| length > HEADER as u32)
    }

    /// Returns true for frames that can be in one file.
    fn is_like(self, other: Self) -> bool {
        self.codec == other.codec && self.rate == other.rate
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use hostile::cases;
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{adts, mp3};

    fn of(bytes: &[u8]) -> io::Result<Frames> {
        read(&mut Cursor::new(bytes))
    }

    fn id3(size: usize) -> Vec<u8> {
        let mut tag = b"ID3\x04\0\0".to_vec();
        tag.extend([0, 0, (size >> 7) as u8, (size & 0x7f) as u8]);
        tag.resize(10 + size, 0xff);
        tag
    }

    #[test]
    fn frames_are_counted() {
        // 38.28 frames of 1,152 samples are one second.
        let expected = Frames { codec: Codec::Mp3, seconds: Some(3) };
        assert_eq!(of(&mp3(115)).expect("frames"), expected);
        let expected = Frames { codec: Codec::Aac, seconds: Some(2) };
        assert_eq!(of(&adts(32)).expect("frames"), expected);
        assert_eq!(of(&mp3(1)).expect("one frame").seconds, Some(1));
    }

    #[test]
    fn tags_and_junk_around_frames_do_not_count() {
        let file = [id3(5_000), id3(20), vec![0; 1_000], mp3(115), b"TAG".repeat(40)].concat();
        assert_eq!(of(&file).expect("frames").seconds, Some(3));
    }

    #[test]
    fn a_file_with_other_data_between_has_no_duration() {
        let file = [mp3(40), vec![0; 200_000], mp3(40)].concat();
        assert_eq!(of(&file).expect("frames"), Frames { codec: Codec::Mp3, seconds: None });
    }

    #[test]
    fn other_files_have_no_frames() {
        assert!(of(b"").is_err());
        assert!(of(&id3(10)).is_err());
        assert!(of(&[0xff; 9_000]).is_err());
        assert!(of(&[0xff, 0xfb, 0x90, 0, 0, 0, 0, 0, 0, 0]).is_err(), "half a frame");
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn any_file_of_frames_is_read_or_refused(
            file in prop_oneof![
                4 => hostile::mutated(vec![mp3(20), adts(20), [id3(20), mp3(3)].concat()]),
                1 => hostile::bytes(400),
            ],
        ) {
            let longest = file.len() as u64;
            if let Ok(frames) = of(&file) {
                // A frame of ADTS has at least 8 bytes, and at most 4,096 samples.
                let most = longest / 8 * 4_096 / 7_350 + 1;
                prop_assert!(frames.seconds.is_none_or(|seconds| u64::from(seconds) <= most));
            }
        }
    }
}
