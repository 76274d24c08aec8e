//! Files of strangers: their names, and the types that a browser shows.

use model::{MediaView, MessageKind};

use crate::letters::{has_visible, is_ignorable};
use crate::names::line;

/// Characters of the longest name, with its extension.
const LONGEST: usize = 150;
/// Characters of the longest extension.
const LONGEST_ENDING: usize = 10;
/// The type of files of unknown type.
pub const ANYTHING: &str = "application/octet-stream";

/// Types that all browsers show without executing anything in them, and the type under which each
/// is served. All other files are downloads.
///
/// Some types are synonyms: `audio/opus` of WhatsApp is Opus in Ogg, as its own voice messages are,
/// and browsers play it under the type of the container. Only some browsers show QuickTime, AMR and
/// HEIC, and none shows animated stickers of the type `application/was`. A PDF is a program, which
/// no viewer runs in the sandbox that files are served in.
const SHOWN: &[(&str, &str, MediaView)] = &[
    ("image/jpeg", "image/jpeg", MediaView::Picture),
    ("image/jpg", "image/jpeg", MediaView::Picture),
    ("image/pjpeg", "image/jpeg", MediaView::Picture),
    ("image/png", "image/png", MediaView::Picture),
    ("image/webp", "image/webp", MediaView::Picture),
    ("image/gif", "image/gif", MediaView::Picture),
    ("video/mp4", "video/mp4", MediaView::Video),
    ("video/x-m4v", "video/mp4", MediaView::Video),
    ("video/3gpp", "video/3gpp", MediaView::Video),
    ("video/webm", "video/webm", MediaView::Video),
    ("audio/ogg", "audio/ogg", MediaView::Audio),
    ("audio/opus", "audio/ogg", MediaView::Audio),
    ("application/ogg", "audio/ogg", MediaView::Audio),
    ("audio/mp4", "audio/mp4", MediaView::Audio),
    ("audio/m4a", "audio/mp4", MediaView::Audio),
    ("audio/x-m4a", "audio/mp4", MediaView::Audio),
    ("audio/mpeg", "audio/mpeg", MediaView::Audio),
    ("audio/mp3", "audio/mpeg", MediaView::Audio),
    ("audio/aac", "audio/aac", MediaView::Audio),
    ("audio/wav", "audio/wav", MediaView::Audio),
    ("audio/x-wav", "audio/wav", MediaView::Audio),
    ("audio/wave", "audio/wav", MediaView::Audio),
    ("audio/webm", "audio/webm", MediaView::Audio),
];

/// Returns the type under which a file of the stated type `mime` is served to be shown; `None` if
/// it is a download.
pub fn shown_as(mime: &str) -> Option<&'static str> {
    shown(mime).map(|(_, served, _)| *served)
}

/// Returns how a page shows the file of a message.
pub fn view(kind: MessageKind, mime: &str) -> MediaView {
    match kind {
        // The type is more exact than the kind: short videos are sent as pictures, and sounds as
        // videos.
        MessageKind::Image | MessageKind::Video | MessageKind::Audio | MessageKind::Sticker => {
            shown(mime).map_or(MediaView::File, |(_, _, view)| *view)
        }
        _ => MediaView::File,
    }
}

fn shown(mime: &str) -> Option<&'static (&'static str, &'static str, MediaView)> {
    let essence = essence(mime);
    SHOWN.iter().find(|(said, ..)| said.eq_ignore_ascii_case(essence))
}

/// Returns the name of a file to show and to download: one line without direction controls, and
/// with the extension of its type if it has none.
///
/// A file without a name is named after its kind, in Portuguese as in WhatsApp in Brazil.
pub fn file_name(kind: MessageKind, mime: &str, name: Option<&str>) -> String {
    let name = name.map(sanitized).filter(|name| has_visible(name));
    // An extension counts only with a name in front of it.
    let (stem, ending) = match &name {
        Some(name) => split(name),
        None => ("", None),
    };
    let stem = if has_visible(stem) { stem } else { default_name(kind) };
    let by_type = || extension_of(mime).filter(|_| name.is_none() || essence(mime) != ANYTHING);
    let mut shortened: String = stem.chars().take(LONGEST - LONGEST_ENDING - 1).collect();
    if let Some(ending) = ending.or_else(by_type) {
        shortened.truncate(shortened.trim_end_matches([' ', '.']).len());
        shortened.push('.');
        shortened.push_str(ending);
    }
    shortened
}

/// Reduces a name to one line without invisible characters that could split a word, and without
/// path separators of any system. Joiners stay: words in Persian and emojis of families need them.
fn sanitized(name: &str) -> String {
    let replaced = |letter: char| if matches!(letter, '/' | '\\') { '_' } else { letter };
    let kept = |letter: &char| {
        let joins = matches!(letter, '\u{200C}' | '\u{200D}' | '\u{FE0F}');
        (joins || !is_ignorable(*letter)) && !matches!(letter, '\u{FFF9}'..='\u{FFFB}')
    };
    let name: String = line(name).chars().map(replaced).filter(kept).collect();
    let ends = |letter: char| letter.is_whitespace() || letter == '.';
    name.trim_end_matches(ends).trim_start().to_owned()
}

/// Splits a name and its extension, if it has one: ASCII letters and digits that are known as an
/// extension.
fn split(name: &str) -> (&str, Option<&str>) {
    let known = |ending: &&str| {
        ending.len() <= LONGEST_ENDING
            && ending.bytes().all(|letter| letter.is_ascii_alphanumeric())
            && is_known(ending)
    };
    match name.rsplit_once('.') {
        Some((stem, ending)) => match Some(ending).filter(known) {
            Some(ending) => (stem, Some(ending)),
            None => (name, None),
        },
        None => (name, None),
    }
}

/// Returns true for known extensions. The added ones are not in the lists of types, and must not be
/// mistaken for part of a name.
fn is_known(ending: &str) -> bool {
    const MORE: [&str; 12] =
        ["apk", "bat", "cmd", "com", "heic", "heif", "jar", "js", "lnk", "msi", "opus", "scr"];
    mime_guess::from_ext(ending).first_raw().is_some()
        || MORE.iter().any(|one| one.eq_ignore_ascii_case(ending))
}

/// Returns the extension of a type.
fn extension_of(mime: &str) -> Option<&'static str> {
    let essence = essence(mime).to_ascii_lowercase();
    match shown_as(mime).unwrap_or(&essence) {
        // These are the common extensions, which WhatsApp uses too.
        "audio/mpeg" => Some("mp3"),
        "audio/mp4" => Some("m4a"),
        "audio/ogg" => Some("ogg"),
        "audio/amr" => Some("amr"),
        "application/was" => Some("was"),
        other => mime2ext::mime2ext(other),
    }
}

/// Returns the name of a file without one.
fn default_name(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Image => "foto",
        MessageKind::Video => "vídeo",
        MessageKind::Audio => "áudio",
        MessageKind::Sticker => "figurinha",
        _ => "documento",
    }
}

/// Returns a type without its parameters.
fn essence(mime: &str) -> &str {
    mime.split(';').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PDF: &str = "application/pdf";

    fn document(mime: &str, name: Option<&str>) -> String {
        file_name(MessageKind::Document, mime, name)
    }

    #[test]
    fn a_file_has_a_name_and_an_ending_of_its_type() {
        for (mime, name, expected) in [
            (PDF, None, "documento.pdf"),
            (PDF, Some(""), "documento.pdf"),
            (PDF, Some("\u{3164}\u{200b}"), "documento.pdf"),
            (PDF, Some(".pdf"), "documento.pdf"),
            (PDF, Some("contrato"), "contrato.pdf"),
            (PDF, Some("contrato."), "contrato.pdf"),
            (PDF, Some("contrato.PDF"), "contrato.PDF"),
            (PDF, Some("contrato v1.2"), "contrato v1.2.pdf"),
            (PDF, Some("Sr. Silva"), "Sr. Silva.pdf"),
            (PDF, Some("relatório.final"), "relatório.final.pdf"),
            (PDF, Some("عقد"), "عقد.pdf"),
            ("APPLICATION/PDF; x=1", Some("contrato"), "contrato.pdf"),
            ("image/jpeg", Some("foto"), "foto.jpg"),
            ("text/plain", Some("notas"), "notas.txt"),
            ("text/csv", None, "documento.csv"),
            ("application/msword", Some("carta"), "carta.doc"),
            ("application/zip", Some("orçamento.zip"), "orçamento.zip"),
            ("application/octet-stream", Some("planilha.xlsx"), "planilha.xlsx"),
            ("application/octet-stream", Some("LEIAME"), "LEIAME"),
            ("application/octet-stream", None, "documento.bin"),
            ("application/x-nobody-knows", Some("arquivo"), "arquivo"),
            ("", None, "documento"),
        ] {
            assert_eq!(document(mime, name), expected, "{mime} {name:?}");
        }
        let name = |kind, mime| file_name(kind, mime, None);
        assert_eq!(name(MessageKind::Image, "image/heic"), "foto.heic");
        assert_eq!(name(MessageKind::Sticker, "application/was"), "figurinha.was");
        assert_eq!(name(MessageKind::Audio, "audio/ogg; codecs=opus"), "áudio.ogg");
        assert_eq!(name(MessageKind::Audio, "audio/opus"), "áudio.ogg");
        assert_eq!(name(MessageKind::Audio, "audio/amr"), "áudio.amr");
        assert_eq!(name(MessageKind::Video, "video/mp4"), "vídeo.mp4");
    }

    #[test]
    fn a_name_ends_where_it_seems_to() {
        for turned in [
            "nota\u{202e}fdp.exe",
            "nota\u{2067}fdp.exe",
            "nota\u{200f}fdp.exe\u{202c}",
            "nota\u{202e}fdp.exe\u{202c}\u{200b} .",
            "nota\0fdp\u{7f}.exe\r\n",
        ] {
            assert_eq!(document(PDF, Some(turned)), "notafdp.exe", "{turned:?}");
        }
        assert_eq!(document(PDF, Some("nota.pdf\n.exe")), "nota.pdf.exe");
        assert_eq!(document(PDF, Some("../../etc/passwd")), ".._.._etc_passwd.pdf");
        assert_eq!(document(PDF, Some("nota.pdf\u{3164}\u{3164}.exe")), "nota.pdf.exe");
        let long = document(PDF, Some(&format!("{}.exe", "a".repeat(1_000))));
        assert!(long.ends_with("a.exe") && long.chars().count() <= LONGEST, "{long}");
        assert_eq!(document(PDF, Some("کتاب\u{200c}ها.pdf")), "کتاب\u{200c}ها.pdf");
    }

    #[test]
    fn a_page_shows_what_browsers_show_and_offers_the_rest() {
        use MessageKind::{Audio, Document, Image, Sticker, Video};
        for (kind, mime, expected) in [
            (Image, "image/jpeg", MediaView::Picture),
            (Image, "IMAGE/PNG ; q=1", MediaView::Picture),
            (Image, "image/heic", MediaView::File),
            (Image, "image/tiff", MediaView::File),
            (Image, "image/svg+xml", MediaView::File),
            (Sticker, "image/webp", MediaView::Picture),
            (Sticker, "application/was", MediaView::File),
            (Audio, "audio/ogg; codecs=opus", MediaView::Audio),
            (Audio, "audio/opus", MediaView::Audio),
            (Audio, "audio/amr", MediaView::File),
            (Image, "video/mp4", MediaView::Video),
            (Video, "video/mp4", MediaView::Video),
            (Video, "video/x-matroska", MediaView::File),
            (Document, "image/jpeg", MediaView::File),
            (Image, "", MediaView::File),
        ] {
            assert_eq!(view(kind, mime), expected, "{kind:?} {mime}");
        }
        assert_eq!(shown_as("audio/opus"), Some("audio/ogg"));
        assert_eq!(shown_as("text/html"), None);
        assert_eq!(shown_as(""), None);
    }
}
