//! Properties that hold for every text.

use std::time::{Duration, Instant};

use model::{MessageKind, Piece, Style};
use proptest::prelude::*;
use text::{name, plain, rich};

/// Removes the source of `pieces` from the beginning of `text`: every character is either in the
/// words or a marker of the style of a piece. Panics otherwise.
fn take<'a>(pieces: &[Piece], mut text: &'a str, in_quote: bool) -> &'a str {
    let skip = |text: &'a str, markers: &[&str]| {
        let found = markers.iter().find_map(|marker| text.strip_prefix(marker));
        found.unwrap_or_else(|| panic!("none of {markers:?} before {text:?}"))
    };
    for piece in pieces {
        text = match piece.style {
            Style::Words => {
                for (nth, line) in piece.text.split('\n').enumerate() {
                    if nth > 0 {
                        text = skip(text, if in_quote { &["\n> "] } else { &["\n"] });
                    }
                    text = skip(text, &[line]);
                }
                text
            }
            Style::Bold => skip(take(&piece.within, skip(text, &["*"]), false), &["*"]),
            Style::Italic => skip(take(&piece.within, skip(text, &["_"]), false), &["_"]),
            Style::Struck => skip(take(&piece.within, skip(text, &["~"]), false), &["~"]),
            Style::Mono => {
                let marker = if text.starts_with("```") { "```" } else { "`" };
                skip(take(&piece.within, skip(text, &[marker]), false), &[marker])
            }
            Style::Link => {
                assert!(leads_to(&piece.text, &words(&piece.within)), "{piece:?}");
                take(&piece.within, text, false)
            }
            Style::Large => take(&piece.within, text, false),
            Style::Quote => skip(take(&piece.within, skip(text, &["> "]), true), &["\n", ""]),
            Style::Bullets => piece.within.iter().fold(text, |text, item| {
                skip(take(&item.within, skip(text, &["- ", "* "]), false), &["\n", ""])
            }),
            Style::Numbers => piece
                .within
                .iter()
                .fold(text, |text, item| skip(take(&item.within, text, false), &["\n", ""])),
            Style::Item => panic!("an item without a list"),
            Style::Place
            | Style::Contacts
            | Style::Poll
            | Style::Count
            | Style::Preview
            | Style::Picture
            | Style::Mention
            | Style::OwnMention
            | Style::Ringing => {
                panic!("a card of a text")
            }
        };
    }
    text
}

/// Returns true if a link leads to the address that is shown, and nowhere else.
fn leads_to(address: &str, shown: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    if let Some(number) = address.strip_prefix("tel:+") {
        return number == digits(shown) || number == format!("55{}", digits(shown));
    }
    match address.strip_prefix("mailto:") {
        Some(mail) => mail == shown && mail.matches('@').count() == 1,
        None => {
            let begins = |with: &str| address.to_ascii_lowercase().starts_with(with);
            (address == shown || address == format!("https://{shown}"))
                && (begins("http://") || begins("https://"))
        }
    }
}

fn words(pieces: &[Piece]) -> String {
    let mut words = String::new();
    pieces.iter().for_each(|piece| piece.read(&mut words));
    words
}

fn depth(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| 1 + depth(&piece.within)).max().unwrap_or(0)
}

fn holds(text: &str) {
    let pieces = rich(MessageKind::Text, text);
    if !pieces.is_empty() {
        assert_eq!(take(&pieces, text, false), "", "{pieces:?}");
    }
    assert!(depth(&pieces) <= 7, "{text}");
    plain(MessageKind::Text, text);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_character_is_read_or_was_a_marker(text in "[*_~`a b\n>.1é-]{0,40}") {
        holds(&text);
    }

    #[test]
    fn that_is_so_with_links(text in "((https?://|www\\.)[a.b/_*~()!]{1,9}|[*_~` \n>-]|ok){0,12}") {
        holds(&text);
    }

    #[test]
    fn that_is_so_with_mail_and_numbers(
        text in "([a.+_-]{0,3}@[a._-]{0,3}\\.(br|c)|[+(]?(55)?61\\)? ?9?[0-9]{4}-?[0-9]{4}|[*_~ ,/-]|😀){0,9}",
    ) {
        holds(&text);
    }

    #[test]
    fn that_is_so_for_any_text(text in any::<String>()) {
        holds(&text);
    }

    #[test]
    fn a_name_turns_nothing_and_has_one_line(text in any::<String>()) {
        if let Some(name) = name(&text) {
            prop_assert!(text::has_visible(&name));
            let turns = |letter: char| matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
            prop_assert!(!name.chars().any(|letter| letter.is_control() || turns(letter)));
        }
    }
}

/// Uses the longest text of WhatsApp, of parts that tempt a parser to backtrack.
#[test]
fn hostile_texts_take_no_longer_than_others() {
    const LENGTH: usize = 65_536;
    for part in [
        "*",
        "_*~",
        "*a ",
        "`",
        "```",
        "```a ",
        "`a ",
        "~a _b *c ",
        "- \n",
        "- a\n",
        "> a\n",
        "1. a\n",
        "http://",
        "https://a.b/(",
        "www.",
        "www.a-",
        "https://a/_",
        "_https://a/b_",
        "https://a/!",
        "http://a.",
        "\u{301}",
        "_www.a.b/c_*",
        "*a*",
        "a.b",
        "`\n",
        "```\n",
        "   ",
        "https://é",
        "a@b.co",
        "_a@a_",
        "a_",
        "61 99812-4471\n",
        "+5561998124471 ",
        "+1",
        "(61)",
        "1 ",
    ] {
        let text: String = part.chars().cycle().take(LENGTH).collect();
        let begun = Instant::now();
        holds(&text);
        let spaces = format!("```{}{text}", " ".repeat(LENGTH / 2));
        rich(MessageKind::Text, &spaces);
        // A linear parser takes some milliseconds, and a quadratic one minutes.
        assert!(begun.elapsed() < Duration::from_secs(5), "{part:?}: {:?}", begun.elapsed());
    }
}
