//! The check of what a browser says about a file before the first byte.

use model::content::FileKind;
use model::{bounds, file_limits};
use store::{Album, AlbumSize, NewUpload};
use text::ANYTHING;

use super::UploadError;
use crate::refusals::refused;

/// Returns the description, if all of it is within its bounds.
pub(super) fn checked(mut new: NewUpload) -> Result<NewUpload, UploadError> {
    if new.size == 0 {
        return Err(UploadError::Empty);
    }
    let limit = file_limits::largest(new.kind);
    if new.size > limit {
        refused("upload-size");
        return Err(UploadError::TooLarge { limit });
    }
    if let Some(what) = impossible(&new) {
        refused("upload-odd");
        return Err(UploadError::Invalid(what));
    }
    new.caption = new.caption.trim().to_owned();
    new.name = new.name.as_deref().and_then(file_name);
    if !is_type(&new.mime) {
        new.mime = ANYTHING.to_owned();
    }
    let sides = 1..=bounds::SIDE;
    new.shape = new.shape.filter(|(width, height)| sides.contains(width) && sides.contains(height));
    Ok(new)
}

/// Names a value that no page of ours sends.
fn impossible(new: &NewUpload) -> Option<&'static str> {
    let is_longer = |text: &str, most: usize| text.chars().nth(most).is_some();
    let is_waveform =
        |wave: &[u8]| wave.len() <= bounds::WAVEFORM && wave.iter().all(|value| *value <= 100);
    if new.voice.is_some() && new.kind != FileKind::Audio {
        return Some("kind");
    }
    if new.view_once && !is_viewed_once(new) {
        return Some("view_once");
    }
    if new.album.as_ref().is_some_and(|album| !is_part(new, album)) {
        return Some("album");
    }
    if new.kind == FileKind::Sticker && !new.caption.trim().is_empty() {
        return Some("caption");
    }
    if is_longer(new.caption.trim(), bounds::CAPTION) {
        return Some("caption");
    }
    if new.name.as_deref().is_some_and(|name| is_longer(name, bounds::FILE_NAME)) {
        return Some("name");
    }
    if new.voice.as_deref().is_some_and(|wave| !is_waveform(wave)) {
        return Some("waveform");
    }
    let preview = new.preview.as_ref();
    preview.is_some_and(|jpeg| jpeg.len() > file_limits::PREVIEW).then_some("preview")
}

/// Returns true for a file that phones show once: a photo, a video or a voice note.
fn is_viewed_once(new: &NewUpload) -> bool {
    matches!(new.kind, FileKind::Image | FileKind::Video) || new.voice.is_some()
}

/// Returns true for a file that can be a part of this album.
fn is_part(new: &NewUpload, album: &Album) -> bool {
    let is_shown = new.kind.kind().is_in_albums() && !new.view_once;
    let is_possible = |size: AlbumSize| {
        let count = size.images.saturating_add(size.videos);
        usize::try_from(count).is_ok_and(|count| (2..=file_limits::FILES).contains(&count))
    };
    is_shown && album.announces.is_none_or(is_possible)
}

/// Returns the last part of a path, without characters that no name has; `None` if nothing is left. The
/// names of the folder itself and of the one above it name no file.
fn file_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|letter| !letter.is_control()).collect();
    let name = name.trim();
    (!matches!(name, "" | "." | "..")).then(|| name.to_owned())
}

/// Returns true for a type and a subtype of RFC 6838, which parameters may follow.
fn is_type(mime: &str) -> bool {
    let is_name = |part: &str| {
        let is_of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
        !part.is_empty() && part.bytes().all(is_of_a_name)
    };
    let essence = mime.split(';').next().unwrap_or_default().trim();
    mime.len() <= bounds::MIME
        && mime.bytes().all(|byte| (b' '..=b'~').contains(&byte))
        && essence.split_once('/').is_some_and(|(kind, sub)| is_name(kind) && is_name(sub))
}

#[cfg(test)]
mod tests {
    use model::WaMessageId;

    use super::*;

    fn file(kind: FileKind) -> NewUpload {
        NewUpload {
            kind,
            caption: String::new(),
            mime: "image/jpeg".to_owned(),
            name: Some("foto.jpg".to_owned()),
            size: 9,
            shape: Some((4, 3)),
            seconds: None,
            voice: None,
            preview: None,
            reply_to: None,
            view_once: false,
            album: None,
        }
    }

    #[test]
    fn a_file_has_a_byte_and_no_more_than_its_kind_may_have() {
        for kind in [
            FileKind::Image,
            FileKind::Video,
            FileKind::Audio,
            FileKind::Document,
            FileKind::Sticker,
        ] {
            let most = file_limits::largest(kind);
            let of = |size| checked(NewUpload { size, ..file(kind) });
            assert!(matches!(of(0), Err(UploadError::Empty)));
            assert!(of(1).is_ok() && of(most).is_ok());
            let beyond = of(most + 1);
            assert!(matches!(beyond, Err(UploadError::TooLarge { limit }) if limit == most));
        }
    }

    #[test]
    fn what_no_page_of_ours_says_is_refused() {
        let picture = || file(FileKind::Image);
        let album = |images: Option<u32>| {
            let announces = images.map(|images| AlbumSize { images, videos: 0 });
            Some(Album { wa_id: WaMessageId::parse("3EB0ALBUM").expect("an id"), announces })
        };
        assert!(checked(NewUpload { album: album(Some(2)), ..picture() }).is_ok());
        let voice = |wave| NewUpload { voice: Some(wave), ..file(FileKind::Audio) };
        let cases = [
            ("album", NewUpload { album: album(None), ..file(FileKind::Document) }),
            ("album", NewUpload { album: album(None), view_once: true, ..picture() }),
            ("album", NewUpload { album: album(Some(1)), ..picture() }),
            ("album", NewUpload { album: album(Some(u32::MAX)), ..picture() }),
            ("caption", NewUpload { caption: "oi".to_owned(), ..file(FileKind::Sticker) }),
            ("kind", NewUpload { voice: Some(Vec::new()), ..picture() }),
            ("view_once", NewUpload { view_once: true, ..file(FileKind::Document) }),
            ("view_once", NewUpload { view_once: true, ..file(FileKind::Audio) }),
            ("caption", NewUpload { caption: "é".repeat(bounds::CAPTION + 1), ..picture() }),
            ("name", NewUpload { name: Some("a".repeat(bounds::FILE_NAME + 1)), ..picture() }),
            ("waveform", voice(vec![0; bounds::WAVEFORM + 1])),
            ("waveform", voice(vec![101])),
            (
                "preview",
                NewUpload { preview: Some(vec![0; file_limits::PREVIEW + 1]), ..picture() },
            ),
        ];
        for (what, file) in cases {
            let refused = checked(file);
            assert!(matches!(refused, Err(UploadError::Invalid(named)) if named == what), "{what}");
        }
        assert!(checked(voice(vec![100; bounds::WAVEFORM])).is_ok());
        for once in [picture(), file(FileKind::Video), voice(Vec::new())] {
            assert!(checked(NewUpload { view_once: true, ..once }).is_ok());
        }
        let caption = format!(" {} ", "é".repeat(bounds::CAPTION));
        let kept = checked(NewUpload { caption, ..picture() }).expect("it is as long as it may be");
        assert_eq!(kept.caption.chars().count(), bounds::CAPTION);
    }

    #[test]
    fn a_name_is_no_path_and_a_type_is_one() {
        for (given, kept) in [
            ("foto.jpg", Some("foto.jpg")),
            ("../../etc/passwd", Some("passwd")),
            ("C:\\fotos\\a.png", Some("a.png")),
            ("a\r\n\u{0}.pdf", Some("a.pdf")),
            (" / ", None),
            (".", None),
            ("a/..", None),
            (" .. ", None),
            ("...", Some("...")),
            (".env", Some(".env")),
            ("", None),
        ] {
            assert_eq!(file_name(given).as_deref(), kept, "{given:?}");
        }
        for odd in ["", "jpeg", "image/", "/jpeg", "image/jpeg\r\nx: y", "a b/c", "image/jpég"] {
            let mime = odd.to_owned();
            let file = checked(NewUpload { mime, ..file(FileKind::Document) }).expect("a file");
            assert_eq!(file.mime, ANYTHING, "{odd:?}");
        }
        assert!(is_type("audio/ogg; codecs=opus") && is_type("application/vnd.ms-excel"));
        assert!(!is_type(&format!("a/{}", "b".repeat(bounds::MIME))));
        let shape = Some((0, 9));
        let kept = checked(NewUpload { shape, ..file(FileKind::Image) }).expect("a file");
        assert_eq!(kept.shape, None);
    }
}
