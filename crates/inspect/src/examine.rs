//! The type of a file, by its content.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use infer::MatcherType;
use model::file_limits;

use crate::{frames, mime, movie, picture, voice};

/// Bytes at the beginning of a file that tell its type; those of ZIP archives need the most.
const HEAD: u64 = 8 * 1024;

/// The type of Opus in Ogg, as WhatsApp states it for voice notes.
pub const OGG_OPUS: &str = "audio/ogg; codecs=opus";

/// The kind of media in a file, proven by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Image,
    Video,
    Audio,
    /// Any other file, and every file that is broken, truncated or unknown.
    Other,
}

/// The findings about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    pub class: Class,
    /// The type by content; else the stated one if it is harmless; else
    /// `application/octet-stream`.
    pub mime: String,
    /// Width and height in pixels as shown, after rotation.
    pub shape: Option<(u32, u32)>,
    /// The duration, at least 1; `None` if the file does not have it.
    pub seconds: Option<u32>,
    /// True if phones show the file in its class: JPEG and PNG; MP4 with H.264, and AAC or no
    /// sound; MP3, AAC (also in MP4), and Opus in Ogg. Any other file is sent as a document.
    pub plays_on_phones: bool,
}

/// Reads a file whose sender states the type `stated_mime`.
///
/// # Errors
///
/// The file cannot be opened or read. A broken file is no error: its class is [`Class::Other`].
pub fn inspect(path: &Path, stated_mime: &str) -> io::Result<Inspected> {
    examine(BufReader::new(File::open(path)?), stated_mime)
}

fn examine(mut file: impl BufRead + Seek, stated: &str) -> io::Result<Inspected> {
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    let media = match media(&mut file, &head) {
        Err(error) if is_broken(&error) => None,
        media => media?,
    };
    Ok(media.unwrap_or_else(|| document(&head, stated)))
}

/// Returns true for errors that are those of the file and not of the disk.
fn is_broken(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof)
}

/// Returns the findings about a picture, a video or a sound; `None` if the file is none.
fn media(file: &mut (impl BufRead + Seek), head: &[u8]) -> io::Result<Option<Inspected>> {
    if let Some(format) = picture::format(head) {
        return image(file, format);
    }
    // Before MP4, which has the same boxes. Browsers cannot show them, nor can their decoders be
    // trusted enough to have them here.
    if infer::image::is_avif(head) {
        return Ok(Some(Inspected::new(Class::Image, "image/avif")));
    }
    if infer::image::is_heif(head) {
        return Ok(Some(Inspected::new(Class::Image, "image/heic")));
    }
    if head.get(4..8) == Some(b"ftyp") {
        return movie(file, head.get(8..12).unwrap_or_default());
    }
    if infer::audio::is_ogg(head) {
        return ogg(file, head).map(Some);
    }
    if is_frames(head) {
        return sound(file).map(Some);
    }
    Ok(infer::get(head).and_then(|kind| {
        let class = match kind.matcher_type() {
            MatcherType::Image => Class::Image,
            MatcherType::Video => Class::Video,
            // Its two bytes are found in any data; frames of MP3 are read above.
            MatcherType::Audio if kind.mime_type() != "audio/mpeg" => Class::Audio,
            _ => return None,
        };
        Some(Inspected::new(class, kind.mime_type()))
    }))
}

/// Returns true for the beginning of a tag or a frame of MP3 or AAC, or for the zeros in front.
fn is_frames(head: &[u8]) -> bool {
    matches!(head, [b'I', b'D', b'3', ..] | [0, 0, 0, 0, ..])
        || matches!(head, [0xff, second, ..] if second & 0xe0 == 0xe0)
}

fn image(
    file: &mut (impl BufRead + Seek),
    format: image::ImageFormat,
) -> io::Result<Option<Inspected>> {
    let found = Inspected::new(Class::Image, format.to_mime_type());
    // The decoder of JPEG has the whole file in memory.
    if file.seek(SeekFrom::End(0))? > file_limits::IMAGE {
        return Ok(Some(found));
    }
    file.rewind()?;
    let Some(shape) = picture::shape(file, format) else { return Ok(None) };
    let plays_on_phones = picture::shows_on_phones(format, shape);
    Ok(Some(Inspected { shape: Some(shape), plays_on_phones, ..found }))
}

fn movie(file: &mut (impl Read + Seek), brand: &[u8]) -> io::Result<Option<Inspected>> {
    let movie = movie::read(file)?;
    let (class, mime) = match (brand, movie.has_pictures, movie.has_sound) {
        (b"qt  ", true, _) => (Class::Video, "video/quicktime"),
        ([b'3', b'g', ..], true, _) => (Class::Video, "video/3gpp"),
        (_, true, _) => (Class::Video, "video/mp4"),
        ([b'3', b'g', ..], false, true) => (Class::Audio, "audio/3gpp"),
        (_, false, true) => (Class::Audio, "audio/mp4"),
        (_, false, false) => return Ok(None),
    };
    let plays_on_phones = movie.is_common && matches!(mime, "video/mp4" | "audio/mp4");
    let found = Inspected::new(class, mime);
    Ok(Some(Inspected { shape: movie.shape, seconds: movie.seconds, plays_on_phones, ..found }))
}

fn sound(file: &mut (impl Read + Seek)) -> io::Result<Inspected> {
    let frames = frames::read(file)?;
    let mime = match frames.codec {
        frames::Codec::Mp3 => "audio/mpeg",
        frames::Codec::Aac => "audio/aac",
    };
    let found = Inspected::new(Class::Audio, mime);
    Ok(Inspected { seconds: frames.seconds, plays_on_phones: true, ..found })
}

fn ogg(file: &mut (impl Read + Seek), head: &[u8]) -> io::Result<Inspected> {
    if !infer::audio::is_ogg_opus(head) {
        return Ok(Inspected::new(Class::Audio, "audio/ogg"));
    }
    let found = Inspected::new(Class::Audio, OGG_OPUS);
    // A larger file is a document, and is not worth reading.
    if file.seek(SeekFrom::End(0))? > file_limits::AUDIO {
        return Ok(found);
    }
    file.rewind()?;
    match voice::seconds(file) {
        Ok(seconds) => Ok(Inspected { seconds: Some(seconds), plays_on_phones: true, ..found }),
        Err(voice::VoiceError::Io(error)) => Err(error),
        Err(voice::VoiceError::NotOpus | voice::VoiceError::Broken) => Ok(found),
    }
}

/// Returns the findings about any other file.
fn document(head: &[u8], stated: &str) -> Inspected {
    let stated = mime::harmless(stated);
    let found = infer::get(head).filter(|kind| {
        use MatcherType::{App, Archive, Book, Doc, Font};
        matches!(kind.matcher_type(), App | Archive | Book | Doc | Font)
    });
    let mime = match found.map(|kind| kind.mime_type()) {
        // These are containers of many types, of which the sender knows more.
        Some("application/zip" | "application/x-ole-storage" | "application/octet-stream")
            if stated != mime::ANYTHING =>
        {
            stated
        }
        Some(found) => found.to_owned(),
        None => stated,
    };
    Inspected::new(Class::Other, &mime)
}

impl Inspected {
    /// A file of which only the type is known, and that phones do not show.
    fn new(class: Class, mime: &str) -> Self {
        Self { class, mime: mime.to_owned(), shape: None, seconds: None, plays_on_phones: false }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use hostile::cases;
    use image::ImageFormat;
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{Mp4, adts, mp3, mp4, ogg_opus, picture, webm_opus};

    fn of(file: &[u8], stated: &str) -> Inspected {
        examine(Cursor::new(file), stated).expect("memory can be read")
    }

    #[test]
    fn media_are_what_their_content_is() {
        let audio_only = mp4(&Mp4 { video: None, ..Mp4::default() });
        for (file, class, mime, shape, seconds, plays) in [
            (picture(40, 30, ImageFormat::Jpeg), Class::Image, "image/jpeg", (40, 30), 0, true),
            (picture(40, 30, ImageFormat::Png), Class::Image, "image/png", (40, 30), 0, true),
            (picture(40, 30, ImageFormat::WebP), Class::Image, "image/webp", (40, 30), 0, false),
            (picture(40, 30, ImageFormat::Gif), Class::Image, "image/gif", (40, 30), 0, false),
            (mp4(&Mp4::default()), Class::Video, "video/mp4", (1280, 720), 8, true),
            (audio_only, Class::Audio, "audio/mp4", (0, 0), 8, true),
            (mp3(115), Class::Audio, "audio/mpeg", (0, 0), 3, true),
            (adts(32), Class::Audio, "audio/aac", (0, 0), 2, true),
            (ogg_opus(100), Class::Audio, OGG_OPUS, (0, 0), 2, true),
        ] {
            let expected = Inspected {
                class,
                mime: mime.to_owned(),
                shape: Some(shape).filter(|shape| *shape != (0, 0)),
                seconds: Some(seconds).filter(|seconds| *seconds != 0),
                plays_on_phones: plays,
            };
            assert_eq!(of(&file, "application/x-lie"), expected);
        }
    }

    #[test]
    fn files_that_phones_do_not_show_are_known_all_the_same() {
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
        let mut wav = b"RIFF\0\0\0\0WAVEfmt ".to_vec();
        wav.resize(64, 0);
        let quicktime = mp4(&Mp4 { brand: *b"qt  ", ..Mp4::default() });
        for (file, class, mime) in [
            (heic, Class::Image, "image/heic"),
            (quicktime, Class::Video, "video/quicktime"),
            (webm_opus(100), Class::Video, "video/webm"),
            (wav, Class::Audio, "audio/x-wav"),
        ] {
            let found = of(&file, "");
            assert_eq!((found.class, found.mime.as_str()), (class, mime));
            assert!(!found.plays_on_phones, "{mime}");
        }
    }

    #[test]
    fn a_lie_is_a_document() {
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
        let html = b"<!DOCTYPE html><script>alert(1)</script>";
        let cut = &picture(40, 30, ImageFormat::Jpeg)[..20];
        let movie = &mp4(&Mp4::default())[..60];
        for (file, stated) in [
            (&svg[..], "image/svg+xml"),
            (&svg[..], "image/png"),
            (&html[..], "image/jpeg"),
            (&html[..], "text/html"),
            (cut, "image/jpeg"),
            (movie, "video/mp4"),
            (&b"\xff\xfb no frames"[..], "audio/mpeg"),
            (&[0; 5_000][..], "audio/mpeg"),
            (&b""[..], "image/png"),
        ] {
            let found = of(file, stated);
            assert_eq!(found, Inspected::new(Class::Other, mime::ANYTHING), "{stated}");
        }
    }

    #[test]
    fn a_document_keeps_the_type_that_its_content_allows() {
        let apk = "application/vnd.android.package-archive";
        let zip = b"PK\x03\x04 and more of it";
        for (file, stated, expected) in [
            (&b"%PDF-1.7"[..], "image/png", "application/pdf"),
            (&b"%PDF-1.7"[..], "text/plain", "application/pdf"),
            (&zip[..], apk, apk),
            (&zip[..], "", "application/zip"),
            (&b"nome;valor\n"[..], "text/csv", "text/csv"),
            (&b"<!DOCTYPE html>"[..], "text/plain", "text/plain"),
        ] {
            let found = of(file, stated);
            assert_eq!((found.class, found.mime.as_str()), (Class::Other, expected), "{stated}");
        }
    }

    #[test]
    fn a_file_is_read_from_the_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("foto");
        std::fs::write(&path, picture(40, 30, ImageFormat::Png)).expect("a file");
        assert_eq!(inspect(&path, "").expect("a picture").shape, Some((40, 30)));
        assert!(crate::preview_of(&path).is_some());
        assert!(inspect(&folder.path().join("nada"), "").is_err());
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn any_file_has_a_type(
            file in prop_oneof![
                4 => hostile::mutated(vec![
                    picture(8, 6, ImageFormat::Jpeg), picture(8, 6, ImageFormat::Png),
                    picture(8, 6, ImageFormat::WebP), picture(8, 6, ImageFormat::Gif),
                    mp4(&Mp4::default()), mp3(4), adts(4), ogg_opus(4), webm_opus(4),
                    b"PK\x03\x04".repeat(20), b"%PDF-1.7".to_vec(),
                ]),
                1 => hostile::bytes(400),
            ],
            stated in prop_oneof![hostile::word(), "(image|text)/[a-z+]{0,9}"],
        ) {
            let found = of(&file, &stated);
            prop_assert!(found.mime.bytes().all(|letter| matches!(letter, b' '..=b'~')));
            let prefix = match found.class {
                Class::Image => "image/",
                Class::Video => "video/",
                Class::Audio => "audio/",
                Class::Other => "",
            };
            prop_assert!(found.mime.starts_with(prefix));
            if found.class == Class::Other {
                prop_assert!(!["image/", "video/", "audio/", "text/html"]
                    .iter().any(|active| found.mime.starts_with(active)));
                prop_assert!(!found.plays_on_phones && found.shape.is_none());
            }
            prop_assert!(found.seconds != Some(0));
        }
    }
}
