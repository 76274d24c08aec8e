//! Texts that are one to three emojis.

use icu_properties::CodePointSetData;
use icu_properties::props::{Emoji, EmojiPresentation};
use model::{Piece, Style, bounds};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::inline::add_words;

/// Emojis of a text that are shown large, as on the phone.
const MOST: usize = 3;
/// Bytes of such a text with the spaces in it.
const LONGEST: usize = 4 * bounds::REACTION;

/// From here on Unicode has pictures. Before it emojis are also signs of texts, such as ™ and ↔, and
/// need [`AS_PICTURE`] after them.
const PICTURES: char = '\u{2600}';
const AS_PICTURE: char = '\u{fe0f}';
const JOINER: char = '\u{200d}';
const KEYCAPS: [&str; 2] = ["\u{20e3}", "\u{fe0f}\u{20e3}"];

/// Returns the emojis of a text as pieces, with the spaces between them as words; `None` if there
/// are more, or anything else.
pub(crate) fn large(text: &str) -> Option<Vec<Piece>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut pieces = Vec::new();
    let mut count = 0;
    for grapheme in text.graphemes(true) {
        if grapheme.chars().all(char::is_whitespace) {
            add_words(&mut pieces, grapheme);
            continue;
        }
        count += 1;
        if count > MOST || !is_emoji(grapheme) {
            return None;
        }
        pieces.push(Piece::styled(Style::Large, vec![Piece::words(grapheme)]));
    }
    (count > 0).then_some(pieces)
}

/// Returns true for a grapheme that is shown as a picture.
fn is_emoji(grapheme: &str) -> bool {
    let mut rest = grapheme.chars();
    let Some(first) = rest.next() else { return false };
    if first.is_ascii() {
        let is_key = first.is_ascii_digit() || first == '#' || first == '*';
        return is_key && KEYCAPS.contains(&rest.as_str());
    }
    if is_of_flag(first) {
        return rest.next().is_some_and(is_of_flag) && rest.next().is_none();
    }
    let is_picture = first >= PICTURES
        || rest.as_str().starts_with(AS_PICTURE)
        || CodePointSetData::new::<EmojiPresentation>().contains(first);
    grapheme.len() <= bounds::REACTION
        && is_picture
        && is_of_emoji(first)
        && rest.all(|letter| is_of_emoji(letter) || is_within(letter))
}

fn is_of_emoji(letter: char) -> bool {
    !letter.is_ascii() && CodePointSetData::new::<Emoji>().contains(letter)
}

/// Returns true for the characters that join emojis to one, or choose its form: 👨‍👩‍👧‍👦, 🏴󠁧󠁢󠁥󠁮󠁧󠁿.
fn is_within(letter: char) -> bool {
    matches!(letter, AS_PICTURE | JOINER | '\u{e0020}'..='\u{e007f}')
}

/// Returns true for the letters of which two are the flag of a country.
fn is_of_flag(letter: char) -> bool {
    matches!(letter, '\u{1f1e6}'..='\u{1f1ff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns the number of large emojis of a text.
    fn count(text: &str) -> usize {
        large(text).unwrap_or_default().iter().filter(|piece| piece.style == Style::Large).count()
    }

    #[test]
    fn one_to_three_emojis_of_any_length_are_large() {
        for (text, expected) in [
            ("👍", 1),
            ("👍🏽", 1),
            ("❤️", 1),
            ("❤", 1),
            ("☎️", 1),
            ("⌚", 1),
            ("™️", 1),
            ("👨‍👩‍👧‍👦", 1),
            ("👩🏽‍❤️‍💋‍👨🏿", 1),
            ("🏳️‍🌈", 1),
            ("🇧🇷", 1),
            ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 1),
            ("1️⃣", 1),
            ("#⃣", 1),
            ("😀😀", 2),
            ("🇧🇷🇵🇹", 2),
            (" 😀 👍🏽\n❤️ ", 3),
        ] {
            assert_eq!(count(text), expected, "{text}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        for text in [
            "",
            " ",
            "\n",
            "oi",
            "😀😀😀😀",
            "😀 oi",
            "😀!",
            "*😀*",
            "1",
            "#",
            "*",
            "1\u{fe0f}",
            "1\u{301}\u{20e3}",
            "a\u{20e3}",
            "™",
            "©",
            "→",
            "…",
            "é",
            "王",
            "€",
            "🇧",
            "🇧🇷🇵",
            "👍\u{fe0e}",
            "\u{200d}",
            "\u{fe0f}",
            "\u{200b}👍",
            "\u{202e}👍",
        ] {
            assert_eq!(count(text), 0, "{text:?}");
            assert_eq!(large(text), None, "{text:?}");
        }
        let zalgo = format!("👍{}", "\u{200d}".repeat(40));
        assert_eq!(large(&zalgo), None);
        assert_eq!(large(&format!("👍{}", " ".repeat(3_000))), None);
    }

    proptest! {
        #[test]
        fn the_text_stays_as_it_is(text in "[😀👍🏽❤🇧🇷1#\u{fe0f}\u{20e3}\u{200d} \n]{0,6}") {
            if let Some(pieces) = large(&text) {
                let mut read = String::new();
                pieces.iter().for_each(|piece| piece.read(&mut read));
                prop_assert_eq!(&read, &text);
                prop_assert!((1..=MOST).contains(&count(&text)));
            }
        }
    }
}
