//! Classes of characters.

use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Characters that take space but show nothing, although their Unicode classes do not mark them so:
/// the blank Braille pattern, the musical null note, and the replacements of an object or a
/// character.
const BLANK: [char; 4] = ['\u{2800}', '\u{1D159}', '\u{FFFC}', '\u{FFFD}'];

/// Returns true if a text has a visible character: one that is no space, control, mark without a
/// letter, or ignorable character.
pub fn has_visible(text: &str) -> bool {
    text.chars().any(is_visible)
}

fn is_visible(letter: char) -> bool {
    if letter.is_ascii() {
        return letter.is_ascii_graphic();
    }
    let seen = GeneralCategoryGroup::Letter
        .union(GeneralCategoryGroup::Number)
        .union(GeneralCategoryGroup::Punctuation)
        .union(GeneralCategoryGroup::Symbol);
    seen.contains(category(letter)) && !is_ignorable(letter) && !BLANK.contains(&letter)
}

/// Returns true for a part of a word: a letter, a digit, or a mark on one.
pub(crate) fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || is_mark(letter)
}

/// Returns true for a mark on the letter before it.
pub(crate) fn is_mark(letter: char) -> bool {
    !letter.is_ascii() && GeneralCategoryGroup::Mark.contains(category(letter))
}

pub(crate) fn is_punctuation(letter: char) -> bool {
    GeneralCategoryGroup::Punctuation.contains(category(letter))
}

pub(crate) fn is_dash(letter: char) -> bool {
    category(letter) == GeneralCategory::DashPunctuation
}

/// Returns true for characters that show nothing (`Default_Ignorable_Code_Point`).
pub(crate) fn is_ignorable(letter: char) -> bool {
    !letter.is_ascii() && CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter)
}

/// Returns true for characters that change the direction of the following text: embeddings,
/// overrides, isolates, and the bare marks.
pub(crate) fn is_bidi_control(letter: char) -> bool {
    matches!(letter,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Returns true for line breaks of any kind.
pub(crate) fn is_line_break(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\u{0B}' | '\u{0C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Returns the character that ends before a position in a text.
pub(crate) fn before(text: &str, at: usize) -> Option<char> {
    text[..at].chars().next_back()
}

/// Returns the character that begins at a position in a text.
pub(crate) fn after(text: &str, at: usize) -> Option<char> {
    text[at..].chars().next()
}

fn category(letter: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_nothing_is_nothing() {
        for blank in [
            "",
            " ",
            "\t\n",
            "\u{a0}",
            "\u{3000}",
            "\u{3164}",
            "\u{ffa0}",
            "\u{115f}\u{1160}",
            "\u{2800}",
            "\u{200e}",
            "\u{200b}",
            "\u{2060}",
            "\u{200d}\u{200c}",
            "\u{ad}",
            "\u{fe0f}",
            "\u{301}\u{300}",
            "\u{20dd}",
            "\u{903}",
            "\u{e0041}",
            "\u{feff}",
            "\u{180e}",
            "\u{202e}\u{202c}",
            "\u{2066}\u{2069}",
            "\u{85}",
            "\u{2028}",
            "\u{fff9}",
            "\u{fffc}",
            "\u{e000}",
            "\u{34f}",
            "\u{1d159}",
            "\u{3164} \u{2800}\u{200b}",
            "\u{ffff}",
        ] {
            assert!(!has_visible(blank), "{blank:?}");
        }
    }

    #[test]
    fn whatever_can_be_seen_is_something() {
        for seen in [".", "Ana", "\u{3164}Ana", "é", "e\u{301}", "王", "ع", "👍🏽", "1", "~", "ツ"]
        {
            assert!(has_visible(seen), "{seen:?}");
        }
    }
}
