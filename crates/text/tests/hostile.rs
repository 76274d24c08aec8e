//! Hostile input is shown as intended or not at all, and causes no panic.

use hostile::cases;
use model::MessageKind;
use proptest::prelude::*;
use text::{file_name, is_reaction, name, plain, rich, shown_as, view};

const KINDS: &[MessageKind] = &[
    MessageKind::Text,
    MessageKind::Image,
    MessageKind::Video,
    MessageKind::Audio,
    MessageKind::Document,
    MessageKind::Sticker,
    MessageKind::Location,
    MessageKind::LiveLocation,
    MessageKind::Contact,
    MessageKind::Poll,
    MessageKind::Call,
    MessageKind::System,
    MessageKind::Unsupported,
];

/// Returns true for characters that change the direction of the text around them, or break the
/// line.
fn turns(letter: char) -> bool {
    matches!(letter,
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        || letter.is_control()
}

fn links(pieces: &[model::Piece]) -> Vec<&str> {
    let own = pieces.iter().filter(|piece| piece.style == model::Style::Link);
    let own: Vec<_> = own.map(|piece| piece.text.as_str()).collect();
    own.into_iter().chain(pieces.iter().flat_map(|piece| links(&piece.within))).collect()
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn any_text_is_formatted(text in hostile::text(), kind in proptest::sample::select(KINDS)) {
        plain(kind, &text);
        for link in links(&rich(kind, &text)) {
            let scheme = link.to_ascii_lowercase();
            let known = ["http://", "https://", "mailto:", "tel:+"];
            prop_assert!(known.iter().any(|one| scheme.starts_with(one)), "{link}");
        }
    }

    #[test]
    fn any_name_stays_in_its_line_and_direction(text in hostile::text()) {
        prop_assert!(name(&text).is_none_or(|name| !name.contains(turns)));
    }

    #[test]
    fn any_file_name_is_one(
        kind in proptest::sample::select(KINDS),
        name in hostile::text(),
        mime in prop_oneof![hostile::word(), Just("application/pdf".to_owned())],
    ) {
        let name = file_name(kind, &mime, Some(&name));
        prop_assert!(!name.contains(turns) && !name.contains(['/', '\\']), "{name:?}");
        prop_assert!(!name.is_empty() && name.chars().count() <= 150);
    }

    #[test]
    fn any_type_is_shown_or_downloaded(mime in hostile::text(), kind in proptest::sample::select(KINDS)) {
        view(kind, &mime);
        prop_assert!(shown_as(&mime).is_none_or(|served| !served.contains("html")));
    }

    #[test]
    fn any_reaction_is_short(text in hostile::text()) {
        prop_assert!(!is_reaction(&text) || text.len() <= 64);
    }
}
