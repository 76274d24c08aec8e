use model::MediaState;

use crate::clock::{Zone, hour_minute};
use crate::i18n::{Locale, t};

/// The size of a file, and the state of its download: `2,3 MB`, `2,3 MB · Na fila para baixar`.
pub(crate) fn file(locale: Locale, size: u64, state: MediaState, zone: Zone) -> String {
    let size = bytes(locale, size);
    let state = match state {
        MediaState::Awaited { tries, next_at: Some(at) } => {
            t!(locale, media.again, n = tries + 1, at = hour_minute(zone.local(at))).to_string()
        }
        MediaState::Awaited { .. } => t!(locale, media.fetching).to_owned(),
        // It goes on from the kind: `Foto`, and below it `de visualização única`.
        MediaState::ViewOnce => return t!(locale, media.view_once).to_owned(),
        _ => return size,
    };
    format!("{size} · {state}")
}

/// The beginning of the line about a document: `12 páginas · `, or nothing if its count of pages is none.
#[cfg(feature = "ssr")]
pub(crate) fn pages(locale: Locale, pages: &str) -> String {
    match pages {
        "" => String::new(),
        "1" => format!("{} · ", t!(locale, media.pages_one)),
        n => t!(locale, media.pages, n = n).to_string() + " · ",
    }
}

/// The reason why a file will not be downloaded without help; empty if it is here or may still
/// come.
pub(crate) fn media_trouble(locale: Locale, state: MediaState) -> &'static str {
    match state {
        MediaState::Gone => t!(locale, media.gone),
        MediaState::GivenUp => t!(locale, media.given_up),
        MediaState::Refused => t!(locale, media.refused),
        MediaState::TooLarge => t!(locale, media.too_large),
        MediaState::Evicted => t!(locale, media.evicted),
        MediaState::Awaited { .. }
        | MediaState::Stored
        | MediaState::Uploading
        | MediaState::ViewOnce => "",
    }
}

/// `8 B`, `340 kB`, `2,3 MB`, `1,2 GB`, in units of a thousand.
pub(crate) fn bytes(locale: Locale, bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return format!("{bytes} B"),
        1_000..1_000_000 => return format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => (100_000, "MB"),
        _ => (100_000_000, "GB"),
    };
    let tenths = bytes / unit;
    let point = if locale == Locale::en { '.' } else { ',' };
    format!("{}{point}{} {name}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (size, words) in
            [(8, "8 B"), (340_900, "340 kB"), (2_340_000, "2,3 MB"), (1_200_000_000, "1,2 GB")]
        {
            assert_eq!(bytes(Locale::pt_BR, size), words);
        }
        assert_eq!(bytes(Locale::en, 2_340_000), "2.3 MB");
    }

    #[test]
    fn a_file_to_be_viewed_once_says_so_in_place_of_its_size() {
        let words = file(Locale::pt_BR, 1_000, MediaState::ViewOnce, Zone::Brasilia);
        assert_eq!(words, "de visualização única");
    }

    #[test]
    fn what_is_awaited_says_when_it_is_tried_again() {
        let next_at = Some("2026-11-24T17:05:00Z".parse().unwrap());
        let words = |tries, next_at| {
            file(Locale::pt_BR, 1_000, MediaState::Awaited { tries, next_at }, Zone::Brasilia)
        };
        assert_eq!(words(0, None), "1 kB · Na fila para baixar");
        assert_eq!(words(2, next_at), "1 kB · Tentativa 3, às 14:05");
    }
}
