//! MP4 and its relatives (ISO/IEC 14496-12): the duration, the shape and the codecs.
//!
//! Only headers are read. A file is a tree of boxes; each has a size, a name of four letters, and a
//! content, which may be boxes again.

mod boxes;
mod codecs;

use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

use boxes::{MOST_BOXES, Reader, Section};

/// Tracks of the largest file: one of pictures, and some of sounds, texts and metadata.
const MOST_TRACKS: usize = 64;
/// Sides of the largest video that phones play.
const LARGEST_SIDE: u32 = 8_192;

/// The headers of a video or a sound.
#[derive(Debug, PartialEq)]
pub(crate) struct Movie {
    pub(crate) seconds: Option<u32>,
    /// Width and height as shown, after rotation.
    pub(crate) shape: Option<(u32, u32)>,
    pub(crate) has_pictures: bool,
    pub(crate) has_sound: bool,
    /// True if every phone decodes it: H.264 of 8 bits and AAC.
    pub(crate) is_common: bool,
}

/// Reads the headers of a file.
///
/// # Errors
///
/// [`ErrorKind::InvalidData`] or [`ErrorKind::UnexpectedEof`] if the file is broken or truncated.
pub(crate) fn read(file: &mut (impl Read + Seek)) -> io::Result<Movie> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut reader = Reader { file, boxes_left: MOST_BOXES };
    let top = Section { name: *b"file", begin: 0, end: length };
    let moov = reader.child(top, b"moov")?.ok_or(ErrorKind::InvalidData)?;
    let mut movie = Movie {
        seconds: None,
        shape: None,
        has_pictures: false,
        has_sound: false,
        is_common: true,
    };
    let mut tracks = 0;
    let mut timescale = None;
    for section in reader.children(moov)? {
        match &section.name {
            b"mvhd" => {
                let (scale, duration) = reader.duration(section)?;
                timescale = Some(scale);
                movie.seconds = seconds(duration, scale);
            }
            b"mvex" if movie.seconds.is_none() => {
                if let Some(header) = reader.child(section, b"mehd")? {
                    let duration = reader.fragments_duration(header)?;
                    movie.seconds = timescale.and_then(|scale| seconds(duration, scale));
                }
            }
            b"trak" => {
                tracks += 1;
                if tracks > MOST_TRACKS {
                    return Err(ErrorKind::InvalidData.into());
                }
                reader.track(section, &mut movie)?;
            }
            _ => {}
        }
    }
    if movie.shape.is_some_and(|(width, height)| width.max(height) > LARGEST_SIDE) {
        movie.is_common = false;
    }
    Ok(movie)
}

/// Returns a duration in whole seconds; `None` if it is unknown. A short one is one second.
fn seconds(duration: u64, timescale: u32) -> Option<u32> {
    let unknown = duration == 0 || duration == u64::MAX || duration == u64::from(u32::MAX);
    if unknown || timescale == 0 {
        return None;
    }
    let scale = u64::from(timescale);
    u32::try_from((duration / scale + u64::from(duration % scale * 2 >= scale)).max(1)).ok()
}

impl<R: Read + Seek> Reader<'_, R> {
    /// Returns the time scale and the duration in a movie header.
    fn duration(&mut self, header: Section) -> io::Result<(u32, u64)> {
        let begin = header.begin;
        if self.version(header)? == 1 {
            Ok((self.number(begin + 20)?, u64::from_be_bytes(self.bytes(begin + 24)?)))
        } else {
            Ok((self.number(begin + 12)?, u64::from(self.number(begin + 16)?)))
        }
    }

    /// Returns the duration in the header of a fragmented movie.
    fn fragments_duration(&mut self, header: Section) -> io::Result<u64> {
        if self.version(header)? == 1 {
            Ok(u64::from_be_bytes(self.bytes(header.begin + 4)?))
        } else {
            Ok(u64::from(self.number(header.begin + 4)?))
        }
    }

    fn track(&mut self, track: Section, movie: &mut Movie) -> io::Result<()> {
        let sections = self.children(track)?;
        let find = |name: &[u8; 4]| sections.iter().find(|one| one.name == *name).copied();
        let Some(media) = find(b"mdia") else { return Ok(()) };
        let Some(handler) = self.child(media, b"hdlr")? else { return Ok(()) };
        let handler: [u8; 4] = self.bytes(handler.begin + 8)?;
        match &handler {
            b"vide" => {
                movie.has_pictures = true;
                movie.is_common &= self.is_h264(media)?;
                if let (None, Some(header)) = (movie.shape, find(b"tkhd")) {
                    movie.shape = self.shape(header)?;
                }
            }
            b"soun" => {
                movie.has_sound = true;
                movie.is_common &= self.is_aac(media)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Returns the shape in a track header, which has sides as fixed-point numbers of 16 bits
    /// before and after the point, and a matrix that can turn them.
    fn shape(&mut self, header: Section) -> io::Result<Option<(u32, u32)>> {
        let moved = if self.version(header)? == 1 { 12 } else { 0 };
        let matrix = header.begin + moved + 40;
        let is_turned = self.number(matrix)? == 0 && self.number(matrix + 4)? != 0;
        let width = self.number(matrix + 36)? >> 16;
        let height = self.number(matrix + 40)? >> 16;
        let shape = if is_turned { (height, width) } else { (width, height) };
        Ok(Some(shape).filter(|_| width > 0 && height > 0))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use hostile::cases;
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{Mp4, mp4};

    fn of(bytes: &[u8]) -> io::Result<Movie> {
        read(&mut Cursor::new(bytes))
    }

    #[test]
    fn a_video_of_a_phone_is_read() {
        let movie = of(&mp4(&Mp4::default())).expect("a complete file");
        let expected = Movie {
            seconds: Some(8),
            shape: Some((1280, 720)),
            has_pictures: true,
            has_sound: true,
            is_common: true,
        };
        assert_eq!(movie, expected);
    }

    #[test]
    fn a_turned_video_has_the_shape_that_is_shown() {
        let movie = of(&mp4(&Mp4 { is_turned: true, ..Mp4::default() })).expect("a complete file");
        assert_eq!(movie.shape, Some((720, 1280)));
    }

    #[test]
    fn only_codecs_of_all_phones_are_common() {
        for (video, profile, sound, object, expected) in [
            (Some(b"avc1"), 66, Some(b"mp4a"), 0x40, true),
            (Some(b"avc3"), 100, None, 0, true),
            (None, 0, Some(b"mp4a"), 0x67, true),
            (Some(b"avc1"), 110, None, 0, false),
            (Some(b"hvc1"), 1, Some(b"mp4a"), 0x40, false),
            (Some(b"avc1"), 77, Some(b"mp4a"), 0x6b, false),
            (Some(b"avc1"), 77, Some(b"Opus"), 0, false),
            (None, 0, Some(b"alac"), 0, false),
        ] {
            let file = mp4(&Mp4 { video, profile, sound, object, ..Mp4::default() });
            let movie = of(&file).expect("a complete file");
            assert_eq!(movie.is_common, expected, "{video:?} {profile} {sound:?} {object}");
            assert_eq!(movie.has_pictures, video.is_some());
            assert_eq!(movie.has_sound, sound.is_some());
        }
    }

    #[test]
    fn an_unknown_duration_is_none() {
        let movie = of(&mp4(&Mp4 { duration: 0, ..Mp4::default() })).expect("a complete file");
        assert_eq!(movie.seconds, None);
        assert_eq!(seconds(u64::from(u32::MAX), 1_000), None);
        assert_eq!(seconds(1_500, 0), None);
        assert_eq!(seconds(1, 1_000), Some(1));
        assert_eq!(seconds(1_500, 1_000), Some(2));
    }

    #[test]
    fn a_truncated_file_is_an_error() {
        let file = mp4(&Mp4::default());
        assert!(of(&file[..file.len() - 1]).is_err(), "its media are incomplete");
        assert!(of(&[]).is_err());
        let longer = [&file[..], b"other data follows it"].concat();
        assert!(of(&longer).is_ok(), "it is complete");
    }

    #[test]
    fn a_file_of_boxes_without_content_ends() {
        let empty = [0, 0, 0, 8, b'f', b'r', b'e', b'e'];
        let file = empty.repeat(MOST_BOXES as usize + 1);
        assert_eq!(of(&file).expect_err("too many").kind(), ErrorKind::InvalidData);
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn any_file_of_boxes_is_read_or_refused(
            file in prop_oneof![
                4 => hostile::mutated(vec![mp4(&Mp4::default())]),
                1 => hostile::bytes(400),
            ],
        ) {
            if let Err(error) = of(&file) {
                let kinds = [ErrorKind::InvalidData, ErrorKind::UnexpectedEof];
                prop_assert!(kinds.contains(&error.kind()), "{}", error);
            }
        }
    }
}
